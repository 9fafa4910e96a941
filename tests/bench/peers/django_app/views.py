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


def fire(request, case_id, trigger):
    if not hmac.compare_digest(request.headers.get("Authorization", ""), KEY):
        return HttpResponse(status=401)
    if request.method != "POST" or trigger not in ("submit", "give_back"):
        return HttpResponse(status=404)
    seen = json.loads(request.body)["version"]
    at = datetime.now(UTC)
    with transaction.atomic():
        case = Case.objects.get(pk=case_id)
        move = getattr(case, trigger)
        if case.version != seen or not can_proceed(move):
            return HttpResponse(status=409)
        move()
        version = case.version + 1
        if Case.objects.filter(pk=case_id, version=case.version).update(state=case.state, version=version) != 1:
            return HttpResponse(status=409)
        Event.objects.create(
            id=str(uuid.uuid4()), case=case, sequence=version, type=trigger, at=at, payload=json.dumps({"by": "bench"})
        )
        Job.objects.create(id=str(uuid.uuid4()), case=case, kind="message", due_at=at)
    return JsonResponse({"state": case.state, "version": version})


urlpatterns = [path("cases/<str:case_id>/<str:trigger>", fire)]
