"""A program of somebody else's, with Temporal's own SDK: what it sees of our workflows, and what it does with them.

    temporal_client.py ADDRESS NAMESPACE COMMAND [ARGUMENT ...]

Every command prints one JSON value.
"""

import asyncio
import json
import os
import sys
from collections import Counter
from datetime import timedelta, timezone

from temporalio import activity, workflow
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowFailureError, WorkflowQueryFailedError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

OUR_QUEUE = "their-program"
DEFAULT_QUEUE = "atelier-default"


@workflow.defn(name="InspectPicture")
class InspectPicture:
    """A workflow of theirs with a step of ours and one of their own."""

    @workflow.run
    async def run(self, key: str) -> dict:
        picture = await workflow.execute_activity(
            "CheckUpload", key, task_queue=DEFAULT_QUEUE, start_to_close_timeout=timedelta(seconds=60), result_type=dict
        )
        words = await workflow.execute_activity(
            "describe", picture, start_to_close_timeout=timedelta(seconds=60), result_type=str
        )
        return {"picture": picture, "words": words}


@activity.defn(name="describe")
async def describe(picture: dict) -> str:
    """Says in words what kind of picture it is."""
    return f"{picture['origin']['kind']} of {picture['asset']['byteCount']} bytes"


async def run(client: Client, workflow_id: str, order: str):
    """Starts a campaign on our worker, waits for its pictures, and asks where it stands."""
    handle = await client.start_workflow("ProcessCampaign", json.loads(order), id=workflow_id, task_queue=DEFAULT_QUEUE)
    return {"result": await handle.result(), "status": await handle.query("status")}


async def start(client: Client, workflow_id: str, order: str):
    """Starts a campaign and leaves it to itself."""
    handle = await client.start_workflow("ProcessCampaign", json.loads(order), id=workflow_id, task_queue=DEFAULT_QUEUE)
    return {"run": handle.first_execution_run_id}


async def look(client: Client, workflow_id: str):
    """Where a workflow stands, in its own words and the server's."""
    handle = client.get_workflow_handle(workflow_id)
    found = await handle.describe()
    try:
        await handle.query("colour")
        refusal = None
    except WorkflowQueryFailedError as error:
        refusal = str(error)
    return {
        "status": await handle.query("status"),
        "execution": found.status.name,
        "type": found.workflow_type,
        "queue": found.task_queue,
        "memo": await found.memo(),
        "refusal": refusal,
    }


async def wait(client: Client, workflow_id: str):
    """A workflow's result, or what became of it instead."""
    try:
        return {"result": await client.get_workflow_handle(workflow_id).result()}
    except WorkflowFailureError as error:
        return {"failure": type(error.cause).__name__}


async def cancel(client: Client, workflow_id: str):
    """Asks a workflow to stop."""
    await client.get_workflow_handle(workflow_id).cancel()
    return {}


async def own(client: Client, key: str):
    """Runs a workflow of theirs, on a worker of theirs, that borrows an activity of ours."""
    async with Worker(
        client, task_queue=OUR_QUEUE, workflows=[InspectPicture], activities=[describe],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        return await client.execute_workflow("InspectPicture", key, id="theirs", task_queue=OUR_QUEUE)


async def own_failure(client: Client, key: str):
    """The failure of such a workflow, as their code meets it."""
    try:
        return await own(client, key)
    except WorkflowFailureError as error:
        failure = error.cause.cause
        return {
            "activity": error.cause.activity_type, "type": failure.type, "message": failure.message,
            "non_retryable": failure.non_retryable,
        }


async def owned(client: Client, owner: str):
    """Which workflows carry `owner` in their memo."""
    found = []
    async for one in client.list_workflows():
        memo = await one.memo()
        if memo.get("owner") == owner:
            found.append({"id": one.id, "status": one.status.name, "memo": memo})
    return sorted(found, key=lambda one: one["id"])


TIMEOUTS = {
    EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT: "activity",
    EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT: "workflow task",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT: "workflow",
}


async def audit_of(client: Client, one):
    """What one history holds: how often each step completed, who did it, and what was lost."""
    completed, attempts, begun, lost, workers = Counter(), {}, {}, [], {}
    names = {}
    async for event in client.get_workflow_handle(one.id, run_id=one.run_id).fetch_history_events():
        if event.HasField("activity_task_scheduled_event_attributes"):
            names[event.event_id] = event.activity_task_scheduled_event_attributes.activity_type.name
        elif event.HasField("activity_task_started_event_attributes"):
            started = event.activity_task_started_event_attributes
            name = names[started.scheduled_event_id]
            attempts[name] = max(attempts.get(name, 0), started.attempt)
            begun[name] = event.event_time.ToDatetime(timezone.utc).timestamp()
            workers[name] = started.identity
            if started.last_failure.HasField("timeout_failure_info"):
                lost.append(f"attempt of {name}")
        elif event.HasField("activity_task_completed_event_attributes"):
            completed[names[event.activity_task_completed_event_attributes.scheduled_event_id]] += 1
        if event.event_type in TIMEOUTS:
            lost.append(TIMEOUTS[event.event_type])
    return {
        "id": one.id, "type": one.workflow_type, "status": one.status.name, "completed": completed, "attempts": attempts,
        "begun": begun, "workers": workers, "lost": lost,
    }


async def audit(client: Client, *types: str):
    """Every run of some types of workflow, with what its history holds."""
    runs = [one async for one in client.list_workflows() if one.workflow_type in types]
    gate = asyncio.Semaphore(16)

    async def guarded(one):
        async with gate:
            return await audit_of(client, one)

    return await asyncio.gather(*(guarded(one) for one in runs))


COMMANDS = {one.__name__: one for one in (run, start, look, wait, cancel, own, own_failure, owned, audit)}


async def main():
    """Connects and does what it is told."""
    address, namespace, command, *arguments = sys.argv[1:]
    client = await Client.connect(address, namespace=namespace)
    print(json.dumps(await COMMANDS[command](client, *arguments)), flush=True)
    # The SDK's threads outlive the loop, and now and then abort an interpreter that takes itself apart.
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main())
