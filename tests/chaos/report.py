"""What the suite prints."""


def _seconds(value):
    return "never" if value is None else f"{value:.1f} s"


class Report:
    def __init__(self, seed, minutes, directory):
        self._seed = seed
        length = "the shortened form" if minutes is None else f"{minutes:g} minutes"
        print(f"chaos: seed {seed}, {length}; evidence in {directory}", flush=True)

    def round(self, plan, at, up_after, healed_in, violations):
        faults = ", ".join(f"{one.name} ({one.seconds:g} s)" for one in plan.injections)
        print(f"{at:6.0f} s  #{plan.number:<3} {faults:<48} everything up after "
              f"{_seconds(up_after)}, healed in {_seconds(healed_in)}, "
              f"violations: {len(violations)}", flush=True)
        for violation in violations:
            print(f"            {violation}", flush=True)

    def totals(self, elapsed, faults, actions, hooks, ledger, watcher, violations):
        def listed(counts):
            return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))

        print(f"\n{elapsed:.0f} s, seed {self._seed}")
        print(f"faults      {sum(faults.values())}: {listed(faults)}")
        print(f"actions     {sum(actions.values())}: {listed(actions)}")
        print(f"hooks       {listed(hooks)}")
        print(f"promises    {listed(ledger)}")
        print(f"samples     {watcher.samples}, {watcher.judged} of them with everything up and "
              f"{watcher.publishers_on_average():.1f} publishers")
        print(f"violations  {len(violations)}")
        for violation in violations:
            print(f"            {violation}")
