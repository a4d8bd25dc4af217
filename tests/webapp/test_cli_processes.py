"""`anju process`: a package goes out as an archive and comes back as a draft."""

import zipfile

from click.testing import CliRunner

from housing.drafts import queries
from housing.drafts.queries import DraftFilter
from webapp.cli.main import commands


def test_a_package_is_exported_and_imported_as_a_draft(house, tmp_path, monkeypatch):
    house.deploy_packages()
    monkeypatch.setenv("ANJU_VAR", str(house.settings.var))
    archive = tmp_path / "care.zip"
    run = CliRunner()

    out = run.invoke(commands, ["process", "export", "care.monthly", str(archive)])
    back = run.invoke(
        commands,
        ["process", "import", str(archive), "--as", "supervisor1", "--process", "care.monthly"],
    )

    assert out.exit_code == back.exit_code == 0, (out.output, back.output)
    assert "care_monthly.bpmn" in zipfile.ZipFile(archive).namelist()
    with house.reading() as session:
        (draft,) = queries.drafts(DraftFilter(), session=session).rows
    assert f"/drafts/{draft.id}" in back.output
    assert draft.process_key == "care.monthly"


def test_only_a_supervisor_imports(house, tmp_path, monkeypatch):
    monkeypatch.setenv("ANJU_VAR", str(house.settings.var))
    file = tmp_path / "a.bpmn"
    file.write_text("<a/>")
    answers = [
        CliRunner().invoke(commands, ["process", "import", str(file), "--as", login])
        for login in ("officer1", "nobody")
    ]

    assert [each.exit_code for each in answers] == [1, 2]
