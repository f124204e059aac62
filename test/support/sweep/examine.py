"""Prints what is true of every app on this host, as JSON: its data, who writes to it, and its containers."""

import glob
import json
import os
import re
import sqlite3
import subprocess
import time

FORMAT = '{{.Label "com.docker.compose.project"}} {{.State}} {{.Names}}'


def contents(path):
    with open(path, errors='replace') as file:
        return file.read()


apps = sorted(glob.glob('/home/pi/*/data'))
before = {data: len(contents(data + '/lines')) for data in apps}
time.sleep(3)
found = {os.path.basename(os.path.dirname(data)): {'containers': []} for data in apps}
for line in subprocess.check_output(['docker', 'ps', '--all', '--format', FORMAT], text=True).splitlines():
    project, state, name = line.split(' ')
    if project in found:
        found[project]['containers'].append(f'{name} {state}')
for data in apps:
    database = sqlite3.connect(data + '/app.db', timeout=60)
    (integrity,) = database.execute('pragma integrity_check').fetchone()
    acknowledged = int(contents(data + '/acknowledged'))
    rows, last = database.execute('select count(*), max(n) from rows').fetchone()
    lines = contents(data + '/lines')
    found[os.path.basename(os.path.dirname(data))].update(
        {
            'integrity': integrity,
            'rows': rows,
            'rowsLost': last - rows + max(0, acknowledged - last),
            # A release that is killed in the middle of a line is the only one that may leave a part of one.
            'brokenLines': [x for x in lines.split('\n')[:-1] if not re.fullmatch(r'v[0-9.]+ [0-9]+', x)],
            'writing': sorted({x.split(' ')[0] for x in lines[before[data]:].split('\n') if ' ' in x}),
        }
    )
print(json.dumps(found))
