"""What the server serves. The tables and the cases are made before the first request."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "django_app.settings"

from django.core.management import call_command  # after its settings are named
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()


def prepare(count):
    """Make the tables and ``count`` cases."""
    from django_app.models import Case  # noqa: PLC0415 # once Django is set up

    call_command("migrate", run_syncdb=True, verbosity=0)
    Case.objects.bulk_create(
        [Case(id=f"case-{number}", version=0, form='{"days": 90}') for number in range(count)], batch_size=500
    )


if __name__ == "__main__":
    prepare(int(os.environ["BENCH_CASES"]))
