"""Measures `/auth` while an audience joins at once: 1,000 viewers of signed paths within two seconds, each with a token of its
own, beside 100 encoders that reconnect."""

import json
import statistics

import load
import questions as q
from run_context import say

VIEWERS, ENCODERS, SECONDS, PATHS = 1_000, 100, 2, 10
WRONG_EVERY = 10  # every tenth token is for another path
MOST_P99 = 10_000  # microseconds
WORDS = ("p50", "p95", "p99", "max", "server_cpu", "database_cpu")


def signed_paths(server, broadcaster):
    body = {"broadcaster_id": broadcaster, "playback_policy": "signed"}
    call = (server.admin("POST", "/stream-keys", body), 201)
    return [key["playback_path"] for key in load.answers(server, [call] * PATHS)]


def viewers(server, paths):
    """(request, right status) pairs; every token is used once."""
    chosen = [paths[n % PATHS] for n in range(VIEWERS)]
    calls = [(server.admin("POST", "/playback-tokens", {"paths": [path], "viewer_id": f"viewer {n}"}), 201)
             for n, path in enumerate(chosen)]
    tokens = [minted["token"] for minted in load.answers(server, calls)]
    asked = []
    for n, token in enumerate(tokens):
        is_wrong = n % WRONG_EVERY == 0
        asked.append((q.watch(paths[(n + is_wrong) % PATHS], token), 401 if is_wrong else 200))
    return asked


def mixed(viewers_, encoders):
    """Encoders stand among the viewers at equal distances."""
    every = len(viewers_) // len(encoders)
    questions = []
    for n, encoder in enumerate(encoders):
        questions += [encoder, *viewers_[n * every:(n + 1) * every]]
    return questions


def run(context):
    """Returns False when answers are late or wrong."""
    subject = context.start_ours_filled()
    rounds = context.options.rounds
    subject.prepare(10 + rounds * ENCODERS, 0, 0)
    server = subject.server
    paths = signed_paths(server, subject.broadcaster)
    results = []
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        questions = mixed(viewers(server, paths),
                          [(q.publish(key), 200) for key in subject.take(ENCODERS)])
        results.append(load.run(server, questions, at_once=len(questions), rate=len(questions) / SECONDS))
    counted = json.loads(load.run(server, [(server.admin("GET", "/viewers?limit=1000"), 200)], bodies=True)["bodies"][0])
    good = counted["count"] == VIEWERS
    print(f"{'joining':<10}" + "".join(f"{word:>14}" for word in ("seconds", *WORDS, "wrong", "failed")))
    for number, result in enumerate(results):
        bad = result["p99"] > MOST_P99 or result["wrong"] or result["failed"]
        good = good and not bad
        print(f"round {number + 1:<4}{result['seconds']:>14.2f}" + "".join(f"{result[word]:>14.1f}" for word in WORDS) +
              f"{result['wrong']:>14}{result['failed']:>14}   {'MISSED' if bad else 'good'}")
    median = {word: statistics.median(result[word] for result in results) for word in WORDS}
    return good, {"rounds": results, "median": median}
