"""Tells tagship what a playbook does: one JSON document on each line of standard output."""

import json
import sys

from ansible.playbook.handler import Handler
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
    name: tagship
    type: stdout
    short_description: JSON lines for tagship infra
    description: Which role and task is at work, how each ended on each host, and a summary of each host.
    extends_documentation_fragment: [default_callback]
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "tagship"

    def _tell(self, event, **facts):
        sys.stdout.write(json.dumps({"event": event, **facts}, ensure_ascii=False, default=str) + "\n")
        sys.stdout.flush()

    def _tell_result(self, result, status, ignored=False):
        role = result._task._role
        facts = {
            "host": result._host.get_name(),
            "role": role.get_name() if role else None,
            "task": result._task.get_name().split(" : ", 1)[-1].strip(),
            "status": "ok" if ignored else status,
        }
        if isinstance(result._task, Handler):
            facts["handler"] = True
        # What has failed is known by its status alone: the copy that plugins get lacks the key.
        message = self._message(result._result) if status in ("failed", "unreachable") else self._said(result)
        if message:
            facts["message"] = message
        diff = self._diff_text(result) if status == "changed" else ""
        if diff:
            facts["diff"] = diff
        self._tell("result", **facts)

    def _said(self, result):
        """What a task of debug says is meant for the user."""
        return str(result._result.get("msg", "")) if result._task.action.endswith("debug") else ""

    def _message(self, outcome):
        if outcome.get("_ansible_no_log"):
            return "what it says is kept secret"
        items = [item for item in outcome.get("results", []) if isinstance(item, dict) and item.get("failed")]
        if items:
            return "\n".join(dict.fromkeys(self._message(item) for item in items))
        parts = [outcome.get("msg"), outcome.get("module_stderr"), outcome.get("stderr")]
        return "\n".join(str(part).strip() for part in parts if part)

    def _diff_text(self, result):
        outcome = result._result
        if outcome.get("_ansible_no_log"):
            return ""
        diffs = [outcome.get("diff")] + [item.get("diff") for item in outcome.get("results", []) if isinstance(item, dict)]
        texts = [self._get_diff(diff) for diff in diffs if diff]
        return "".join(text for text in texts if text)

    def v2_playbook_on_play_start(self, play):
        self._tell("play", name=play.get_name())

    def v2_playbook_on_no_hosts_matched(self):
        self._tell("no-hosts")

    def v2_runner_on_ok(self, result):
        self._tell_result(result, "changed" if result._result.get("changed") else "ok")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._tell_result(result, "failed", ignore_errors)

    def v2_runner_on_unreachable(self, result):
        self._tell_result(result, "unreachable")

    def v2_playbook_on_stats(self, stats):
        hosts = sorted(stats.processed)
        self._tell("summary", hosts={host: stats.summarize(host) for host in hosts})
