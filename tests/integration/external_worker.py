"""A worker as its users write it, with an unchanged client package; run as a process of its own.

Arguments: the server's address, an API token, a worker id, a lock in milliseconds, and what to do
with tasks: complete, fail, deny, or hold (fetch one and stop answering).
"""

import logging
import sys
import threading

from camunda.external_task.external_task import ExternalTask, TaskResult
from camunda.external_task.external_task_worker import ExternalTaskWorker

URL, TOKEN, WORKER, LOCK, ORDER = sys.argv[1:]


def work(task: ExternalTask) -> TaskResult:
    sys.stdout.write(f"{ORDER} {task.get_variable('amount')}\n")
    sys.stdout.flush()
    if ORDER == "hold":
        threading.Event().wait()
    if ORDER == "fail":
        return task.failure("the register is down", "stack", max_retries=2, retry_timeout=0)
    if ORDER == "deny":
        return task.bpmn_error("denied", "no right to look", {"why": "closed"})
    return task.complete({"answer": {"value": '{"found": true}', "type": "Json"}, "other": 1})


logging.disable(logging.CRITICAL)
config = {
    "auth_bearer": {"access_token": TOKEN},
    "lockDuration": int(LOCK),
    "asyncResponseTimeout": 1000,
    "maxTasks": 1,
    "sleepSeconds": 1,
}
ExternalTaskWorker(worker_id=WORKER, base_url=f"{URL}/engine-rest", config=config).subscribe(
    "outside.look_up", work
)
