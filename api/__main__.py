"""``python -m api`` is ``jenjang``."""

from api.command_line import main

main(prog_name="jenjang")
