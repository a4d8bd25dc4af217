"""Run the commands of `anju` as `python -m webapp.cli`."""

from webapp.cli.main import main

main()
