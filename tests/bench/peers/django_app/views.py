"""One route: fire a trigger on a case, in one transaction."""

import hmac
import json
import uuid
from datetime import UTC, datetime

from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.urls import path
from django_fsm import can_proceed

from django_app.models import Case, Event, Job

KEY = "Bearer bench"
TAKES = {"drafted": "submit", "review": "give_back"}


def fire(request, case_id, trigger):
    if not hmac.compare_digest(request.headers.get("Authorization", ""), KEY):
        return HttpResponse(status=401)
    if request.method != "POST" or trigger not in TAKES.values():
        return HttpResponse(status=404)
    moved = take_step(case_id, trigger, json.loads(request.body)["version"])
    return HttpResponse(status=409) if moved is None else JsonResponse({"state": moved[0], "version": moved[1]})


def take_step(case_id, trigger=None, seen=None):
    """The bare unit; answers the new state and version, None where it cannot be done. Without a trigger the one that can be."""
    at = datetime.now(UTC)
    with transaction.atomic():
        case = Case.objects.get(pk=case_id)
        trigger = trigger or TAKES[case.state]
        move = getattr(case, trigger)
        if seen not in (None, case.version) or not can_proceed(move):
            return None
        move()
        version = case.version + 1
        if Case.objects.filter(pk=case_id, version=case.version).update(state=case.state, version=version) != 1:
            return None
        Event.objects.create(
            id=str(uuid.uuid4()), case=case, sequence=version, type=trigger, at=at, payload=json.dumps({"by": "bench"})
        )
        Job.objects.create(id=str(uuid.uuid4()), case=case, kind="message", due_at=at)
    return case.state, version


urlpatterns = [path("cases/<str:case_id>/<str:trigger>", fire)]
