"""Print what comes on the streams NAME and NAME-markers as JSON lines, until standard input ends.

python lsl_inlet.py NAME. Each line: [stream, its time stamp by this process's clock, values].
"""

from __future__ import annotations

import json
import select
import sys

import pylsl


def inlet(name: str) -> pylsl.StreamInlet:
    found = pylsl.resolve_byprop("name", name, timeout=20)
    assert found, f"there is no stream {name}"
    one = pylsl.StreamInlet(found[0])
    one.open_stream(timeout=10)
    return one


def main() -> None:
    name = sys.argv[1]
    inlets = {one: inlet(one) for one in (name, f"{name}-markers")}
    info = inlets[name].info(timeout=10)
    about = {
        "labels": info.get_channel_labels(),
        "types": info.get_channel_types(),
        "units": info.get_channel_units(),
        "rate": info.nominal_srate(),
        "type": info.type(),
    }
    offsets = {one: found.time_correction(timeout=10) for one, found in inlets.items()}
    print(json.dumps(["about", 0.0, about]), flush=True)
    while True:
        for one, found in inlets.items():
            sample, stamp = found.pull_sample(timeout=0.02)
            while sample is not None:
                print(json.dumps([one, stamp + offsets[one], list(sample)]), flush=True)
                sample, stamp = found.pull_sample(timeout=0.0)
        if select.select([sys.stdin], [], [], 0)[0] and not sys.stdin.read(1):
            return


main()
