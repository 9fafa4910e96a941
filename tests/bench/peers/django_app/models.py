"""A case, its events and its jobs: what the bare unit touches, no more."""

import json

from django.db import models
from django_fsm import FSMField, transition


def has_a_permitted_period(case):
    return 1 <= json.loads(case.form)["days"] <= 365


class Case(models.Model):
    id = models.CharField(primary_key=True, max_length=36)
    state = FSMField(default="drafted", protected=True)
    version = models.IntegerField()
    form = models.TextField()

    class Meta:
        db_table = "bench_cases"

    @transition(field=state, source="drafted", target="review", conditions=[has_a_permitted_period])
    def submit(self):
        pass

    @transition(field=state, source="review", target="drafted")
    def give_back(self):
        pass


class Event(models.Model):
    id = models.CharField(primary_key=True, max_length=36)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    sequence = models.IntegerField()
    type = models.CharField(max_length=60)
    at = models.DateTimeField()
    payload = models.TextField()

    class Meta:
        db_table = "bench_events"
        constraints = [models.UniqueConstraint(fields=["case", "sequence"], name="one_event_a_number")]  # noqa: RUF012 # as Django has it


class Job(models.Model):
    id = models.CharField(primary_key=True, max_length=36)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    kind = models.CharField(max_length=20)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "bench_jobs"
        indexes = [models.Index(fields=["done_at", "due_at"], name="open_jobs")]  # noqa: RUF012 # as Django has it
