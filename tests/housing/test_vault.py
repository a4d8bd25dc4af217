"""Personal data opens only with its key, only in its place; keys can be replaced."""

from secrets import token_bytes

import pytest
from click.testing import CliRunner

from housing.bootstrap import build
from housing.errors import KeyMissing, SealBroken, SettingsInvalid
from housing.settings import add_key, load
from housing.vault import Place, Vault
from webapp.cli.main import commands

HERE = Place(table="person", column="national_id_sealed", row=7)
OLD, NEW = token_bytes(32), token_bytes(32)


def test_what_was_sealed_opens_again_and_never_looks_the_same_twice():
    vault = Vault(keys={"k1": OLD})
    first, second = vault.seal("A000000003", HERE), vault.seal("A000000003", HERE)

    assert first != second
    assert "A000000003" not in first
    assert vault.open(first, HERE) == vault.open(second, HERE) == "A000000003"


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place(table="person", column="national_id_sealed", row=8),
        Place(table="person", column="mobile", row=7),
        Place(table="household", column="national_id_sealed", row=7),
    ],
)
def test_a_value_moved_to_another_row_column_or_table_does_not_open(elsewhere):
    vault = Vault(keys={"k1": OLD})
    sealed = vault.seal("A000000003", HERE)

    with pytest.raises(SealBroken):
        vault.open(sealed, elsewhere)


@pytest.mark.parametrize("spoil", [lambda s: s[:-4] + "AAA=", lambda s: s[:6], lambda _s: "k1:%%"])
def test_a_changed_value_does_not_open(spoil):
    vault = Vault(keys={"k1": OLD})

    with pytest.raises(SealBroken):
        vault.open(spoil(vault.seal("A000000003", HERE)), HERE)


def test_a_missing_key_is_named():
    sealed = Vault(keys={"k1": OLD}).seal("A000000003", HERE)

    with pytest.raises(KeyMissing) as refusal:
        Vault(keys={"k2": NEW}).open(sealed, HERE)
    assert refusal.value.key_id == "k1"


def test_the_newest_key_seals_and_the_older_one_still_opens():
    sealed = Vault(keys={"k1": OLD}).seal("A000000003", HERE)
    both = Vault(keys={"k1": OLD, "k2": NEW})

    assert both.open(sealed, HERE) == "A000000003"
    assert not both.is_newest(sealed)
    assert both.seal("A000000003", HERE).startswith("k2:")


def test_the_hash_for_search_depends_on_the_key_and_is_found_under_every_key():
    old, both = Vault(keys={"k1": OLD}), Vault(keys={"k1": OLD, "k2": NEW})

    assert old.blind("A000000003") == old.blind("A000000003")
    assert old.blind("A000000003") != both.blind("A000000003")
    assert old.blind("A000000003") in both.blinds("A000000003")


def test_the_first_start_makes_a_key_file_that_only_its_owner_reads(tmp_path):
    first, second = load({"ANJU_VAR": str(tmp_path)}), load({"ANJU_VAR": str(tmp_path)})

    assert first.keys == second.keys
    assert len(first.keys["k1"]) == 32
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o600
    assert first.keys["k1"].hex() not in repr(first)


def test_an_added_key_seals_from_the_next_start_on(tmp_path):
    load({"ANJU_VAR": str(tmp_path)})

    assert add_key(tmp_path) == "k2"
    assert list(load({"ANJU_VAR": str(tmp_path)}).keys) == ["k1", "k2"]


@pytest.mark.parametrize("text", ["k1", "k1 abc", f"k1 {'0' * 64},k1 {'1' * 64}", ","])
def test_keys_that_cannot_be_used_stop_the_start(tmp_path, text):
    with pytest.raises(SettingsInvalid):
        load({"ANJU_VAR": str(tmp_path), "ANJU_KEYS": text})


def test_rotating_the_key_on_the_command_line_seals_every_number_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("ANJU_VAR", str(tmp_path))
    made = build(load())
    made.migrate()
    made.dispose()

    answer = CliRunner().invoke(commands, ["keys", "rotate"], catch_exceptions=False)

    assert answer.exit_code == 0
    assert "sealed with k2" in answer.output
    assert list(load().keys) == ["k1", "k2"]


def test_keys_of_the_environment_are_not_rotated_in_a_file(tmp_path):
    with pytest.raises(SettingsInvalid):
        add_key(tmp_path)
