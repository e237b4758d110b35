#!/bin/sh
# A campaign at a real MADSci lab node (PyPI madsci-node-module), which does one thing at a time and fails above a limit.
#
# usage: tests/peers/madsci.sh LODESTONE [PORT]        needs python3 with venv, and PyPI once
#
# Checks that every suggestion was begun at the node exactly once, also when Lodestone is killed on the way, and that the
# campaign verifies. Not part of ./test.
set -eu
lodestone=$(realpath "${1:?usage: tests/peers/madsci.sh LODESTONE [PORT]}")
port=${2:-2715}
here=$(mktemp -d)
venv=${MADSCI_VENV:-$here/venv}
if [ ! -x "$venv/bin/python" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" -q install madsci-node-module==0.8.1 madsci-client==0.8.1 'pydantic<2.13'
fi
cd "$here"
cat > node.py <<'PY'
"""A furnace: a figure of merit with its best at 900 K and 30 min; refuses more than 1400 K."""
import time
from madsci.common.types.node_types import RestNodeConfig
from madsci.node_module.helpers import action
from madsci.node_module.rest_node_module import RestNode


class Config(RestNodeConfig):
    pass


class Furnace(RestNode):
    config: Config = Config()
    config_model = Config

    def startup_handler(self):
        pass

    def state_handler(self):
        self.node_state = {"temperature": 300.0}

    @action
    def anneal(self, temperature: float, minutes: float) -> dict:
        "anneal a sample and measure it"
        with open("begun.txt", "a") as file:
            file.write(f"{temperature} {minutes}\n")
        time.sleep(0.2)
        if temperature > 1400:
            raise ValueError("over the limit of 1400 K")
        return {"figure": 1 - ((temperature - 900) / 500) ** 2 - ((minutes - 30) / 60) ** 2}


Furnace().start_node()
PY
HOME=$here "$venv/bin/python" node.py --node_url "http://127.0.0.1:$port" --enable_registry_resolution false \
    --node_name furnace > node.log 2>&1 &
node=$!
trap 'kill $node 2>/dev/null; rm -rf "$here"' EXIT
tries=0
until "$venv/bin/python" -c "import urllib.request as u; u.urlopen('http://127.0.0.1:$port/status', timeout=1)" 2>/dev/null; do
    tries=$((tries + 1))
    if [ $tries -gt 60 ]; then echo "the node does not start:"; tail -5 node.log; exit 1; fi
    sleep 1
done
{
    echo "temperature [K],minutes [min]"
    for t in 500 600 700 800 900 1000 1100 1200 1300 1400 1500; do
        for m in 5 15 30 45 60 90; do echo "$t,$m"; done
    done
} > pool.csv
"$lodestone" campaign new furnace.lode --pool pool.csv -O max:figure --batch 3 --initial 6 --budget 18 --seed 1
lab="rest:http://127.0.0.1:$port/action/anneal"
# Killed twice on the way; the third run ends it.
for seconds in 4 6; do
    timeout -s KILL "$seconds" "$lodestone" campaign run furnace.lode --lab "$lab" --poll 0.1 || true
done
"$lodestone" campaign run furnace.lode --lab "$lab" --poll 0.1
"$lodestone" campaign status furnace.lode
"$lodestone" campaign verify furnace.lode
"$lodestone" campaign export furnace.lode --csv observed.csv
asked=$(($(wc -l < observed.csv) - 1))
begun=$(wc -l < begun.txt)
twice=$(sort begun.txt | uniq -d | wc -l)
echo "MADSci node: $asked experiments in the campaign, $begun begun at the node, $twice of them twice"
[ "$twice" -eq 0 ]
