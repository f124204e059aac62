"""Writes to the data of every app, all the time: a row into SQLite, then its number, once it is committed, beside it."""

import glob
import os
import sqlite3
import time

while True:
    for data in glob.glob('/home/pi/*/data'):
        database = sqlite3.connect(data + '/app.db', timeout=30)
        database.execute('create table if not exists rows (n integer primary key, filler text)')
        number = database.execute("insert into rows (filler) values (hex(randomblob(500)))").lastrowid
        database.commit()
        database.close()
        with open(data + '/acknowledged.new', 'w') as file:
            file.write(str(number))
        os.replace(data + '/acknowledged.new', data + '/acknowledged')
    time.sleep(1)
