"""A tool server: answers questions from evidence, calls models and tools, and records how that went.

``python vox_mcp.py [SEED]`` prints how many events it recorded. Nothing of a prompt, an answer or a tool's arguments
has a field, so nothing of them can be recorded.
"""

from __future__ import annotations

import random
import sys

import weftend


def main() -> None:
    """One server's life: a few requests."""
    dice = random.Random(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    vox = weftend.Producer("vox-mcp")
    requests = dice.randint(3, 12)
    for turn in range(1, requests + 1):
        _retrieve(vox, dice)
        _answer(vox, dice, turn)
    print(4 * requests + _asked(vox, dice))


def _retrieve(vox: weftend.Producer, dice: random.Random) -> None:
    hits = {"lexical_hits": dice.randint(0, 20), "vector_hits": dice.randint(0, 20)}
    vox.record("memory_hybrid_fusion", {**hits, "strategy": "rrf"}, value=dice.uniform(1, 80))
    outcome = dice.choice(["succeeded", "succeeded", "failed", "timed_out"])
    tool = {"tool_key": "fs.read", "outcome": outcome, "timeout_budget_ms": 30_000}
    vox.record("agent_exec_time", tool, value=dice.randint(1, 30_000))


def _answer(vox: weftend.Producer, dice: random.Random, turn: int) -> None:
    tokens = {"input_tokens": dice.randint(50, 9000), "output_tokens": dice.randint(1, 900)}
    call = {**tokens, "provider": "llamacpp", "outcome": "ok", "cached": turn % 3 == 0}
    vox.record("model_call_event", call, value=dice.randint(0, 20_000))
    decision = dice.choice(["answer", "answer", "ask", "abstain"])
    vox.record("socrates_surface", {"decision": decision, "evidence_count": dice.randint(0, 9)}, value=0.8)


def _asked(vox: weftend.Producer, dice: random.Random) -> int:
    if dice.random() < 0.5:
        return 0
    vox.record("questioning_event", {"phase": "asked", "question_kind": "clarification", "turn": 1})
    return 1


if __name__ == "__main__":
    main()
