import pytest

from housing.errors import SettingsInvalid
from webapp import wsgi


def test_a_foreign_server_makes_the_application_from_the_environment(
    monkeypatch, tmp_path, postgres_url
):
    monkeypatch.setenv("ANJU_VAR", str(tmp_path))
    monkeypatch.setenv("ANJU_DATABASE_URL", postgres_url)

    app = wsgi.make()

    assert app.test_client().get("/healthz").status_code == 200
    app.extensions["anju"].dispose()


def test_several_processes_on_one_sqlite_file_are_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("ANJU_VAR", str(tmp_path))
    monkeypatch.delenv("ANJU_DATABASE_URL", raising=False)

    with pytest.raises(SettingsInvalid):
        wsgi.make()
