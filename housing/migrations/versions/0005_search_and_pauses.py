"""Indexes of searches and of standing clocks: cases stand by word, clocks by their pause."""

import sqlalchemy as sa
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

WORD = sa.String(length=24).with_variant(sa.String(length=24, collation='C'), 'postgresql')


def upgrade() -> None:
    """Bring the schema up to this revision."""
    _order_by(['word', 'instance_id', 'guard'])
    _index_paused_by(['ended_at', 'paused_since', 'instance_id'])


def downgrade() -> None:
    """Take the schema back to the revision before."""
    _index_paused_by(['instance_id'])
    _order_by(['word', 'guard', 'instance_id'])


def _order_by(key: list[str]) -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.drop_constraint('pk_case_word', 'case_word', type_='primary')
        op.create_primary_key('pk_case_word', 'case_word', key)
    else:  # SQLite keeps such a table in the order of its key
        op.rename_table('case_word', 'case_word_before')
        op.create_table(
            'case_word',
            sa.Column('word', WORD, nullable=False),
            sa.Column('instance_id', sa.String(length=32), nullable=False),
            sa.Column('guard', sa.String(length=160), nullable=False),
            sa.PrimaryKeyConstraint(*key, name=op.f('pk_case_word')),
            sqlite_with_rowid=False,
        )
        columns = 'word, instance_id, guard'
        op.execute(f'INSERT INTO case_word ({columns}) SELECT {columns} FROM case_word_before')
        op.drop_table('case_word_before')


def _index_paused_by(columns: list[str]) -> None:
    op.drop_index('ix_sla_clock_paused', 'sla_clock')
    where = sa.text('paused_since IS NOT NULL AND ended_at IS NULL')
    op.create_index(
        'ix_sla_clock_paused',
        'sla_clock',
        columns,
        postgresql_where=where,
        sqlite_where=where,
    )
