"""``jenjang``: the command line. One group of commands, one map from what went wrong to what is printed about it."""

from __future__ import annotations

import errno
import os
import sys
from typing import Any

import click

from api.commands import (
    accounts,
    agency,
    archive,
    auditing,
    authority,
    awards,
    backups,
    budgets,
    bulk,
    cohorts,
    configuration,
    hours,
    importing,
    knowing,
    links,
    mail,
    outward,
    people,
    preview,
    process_log,
    proof,
    recording,
    registers,
    reporting,
    retention,
    rounds,
    running,
    sealing,
    signing,
    standing_in,
)
from api.commands.demonstration import demo
from api.commands.errors import CannotRun
from api.commands.language import Group, complaint
from policies.files import PolicyError
from workflow.backups.errors import BackupError
from workflow.definition import DefinitionError
from workflow.demo.cast import NoCast
from workflow.errors import Problem
from workflow.letters.layout import LetterError
from workflow.letters.numbering import PatternError
from workflow.letters.profile import ProfileError

#: Errors whose own message says the thing, the rule and the way out.
_EXPLAINED = (BackupError, CannotRun, NoCast, PolicyError, ProfileError, PatternError, LetterError)

_CAUSES = {
    errno.EACCES: "tidak ada hak akses",
    errno.EPERM: "tidak diperbolehkan",
    errno.ENOENT: "tidak ada",
    errno.EISDIR: "adalah folder, bukan berkas",
    errno.ENOTDIR: "bukan folder",
    errno.EFBIG: "melampaui ukuran yang diperbolehkan bagi satu berkas",
    errno.ENOSPC: "ruang penyimpanan penuh",
    errno.EROFS: "hanya dapat dibaca",
    errno.EIO: "diska tidak dapat dibaca atau ditulis",
}

HELP = """Jenjang: alur kerja mentoring, magang, dan penghargaan bagi aparatur sipil negara.

\b
Basis data ditunjuk dengan JENJANG_DATABASE (alamat SQLAlchemy; bawaannya berkas jenjang.db dalam folder ini).
Ketentuan instansi sendiri ditunjuk dengan JENJANG_POLICIES (folder berisi berkas TOML).
Kunci rahasia ada dalam folder JENJANG_KEYS (bawaannya folder keys di sebelah berkas basis data).
JENJANG_DEBUG=1 menampilkan rincian kesalahan bagi pengembang.
"""


class _CommandLine(Group):
    """Says on standard error what went wrong, without a traceback, and exits with 1; with 2 for what was mistyped."""

    def main(self, *args: Any, **extra: Any) -> Any:
        code: Any
        try:
            code = super().main(*args, **{**extra, "standalone_mode": False})
        except click.UsageError as error:
            code = _mistyped(error)
        except click.Abort:
            code = _failed("Dihentikan.", 130)
        except Exception as error:
            # Nothing ends in a traceback, unless a developer asks for it.
            if os.environ.get("JENJANG_DEBUG") == "1":
                raise
            code = _failed(explanation(error), 1)
        sys.exit(code if isinstance(code, int) else 0)


def explanation(error: Exception) -> str:
    """What people are told about an error."""
    if isinstance(error, Problem):
        # A reason that says the same again is not repeated; its way out is.
        ways_out = (reason.remedy for reason in error.reasons if reason.says == error.says)
        says = " ".join((error.says, *ways_out)).rstrip()
        return "\n".join((says, *(f"- {fault.says}" for fault in error.fields), *_reasons(error)))
    if isinstance(error, _EXPLAINED):
        return str(error)
    if isinstance(error, DefinitionError):
        return f"Definisi proses tidak dapat dijalankan:\n{error}"
    if isinstance(error, OSError):
        named = f"{error.filename}: " if error.filename else ""
        why = _CAUSES.get(error.errno or 0, error.strerror or str(error))
        return f"{named}{why}. Periksa letak, hak akses, dan ruang penyimpanannya."
    return (
        f"Terjadi kesalahan yang tidak terduga ({type(error).__name__}: {error}). "
        "Jalankan lagi dengan JENJANG_DEBUG=1 untuk melihat rinciannya."
    )


def _reasons(problem: Problem) -> list[str]:
    told = [reason for reason in problem.reasons if reason.says != problem.says]
    return [f"- {reason.says} ({', '.join(reason.by) or 'tanpa dasar'}) {reason.remedy}".rstrip() for reason in told]


def _mistyped(error: click.UsageError) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message())
        return 0
    return _failed(complaint(error), 2)


def _failed(says: str, code: int) -> int:
    try:
        click.echo(says, err=True)
    except OSError as error:
        if error.errno != errno.EPIPE:
            raise
    return code


@click.group(cls=_CommandLine, name="jenjang", help=HELP)
def main() -> None:
    """The group that every command belongs to."""


for command in (
    demo,
    running.migrate,
    configuration.config,
    backups.backup,
    backups.restore,
    backups.move,
    agency.agency,
    *importing.COMMANDS,
    budgets.budgets,
    cohorts.cohort,
    bulk.bulk,
    recording.record,
    recording.incoming,
    registers.register,
    running.serve,
    running.worker,
    running.sweep,
    running.effects,
    people.people,
    accounts.accounts,
    links.links,
    people.absences,
    authority.groups,
    standing_in.mandates,
    authority.keys,
    standing_in.appoint,
    standing_in.who,
    signing.signing,
    outward.siasn,
    mail.mail,
    archive.archive,
    preview.preview,
    reporting.report,
    hours.hours,
    awards.awards,
    rounds.round_,
    knowing.check,
    knowing.describe,
    knowing.explain,
    proof.verify,
    proof.proof,
    auditing.audit,
    retention.retention,
    retention.hold,
    sealing.log,
    sealing.prove,
    process_log.export_log,
):
    main.add_command(command)
