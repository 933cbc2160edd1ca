"""Figures against an independent computation: every order as CSV, added up here by Python's own calendar, beside what the dashboard says.

    figures.py PORT FILE.csv USERNAME PASSWORD [ZONE]

Fifty days of the past (both clock changes and the turn of the year among them where the orders reach so far), each with the week before
it: sold and connected of each day, to the minor unit.
"""

import csv
import datetime as dt
from decimal import Decimal
import html
import http.cookiejar
import random
import re
import sys
import urllib.parse
import urllib.request
from zoneinfo import ZoneInfo

port, path, username, password = sys.argv[1:5]
zone = ZoneInfo(sys.argv[5] if len(sys.argv) > 5 else "Europe/London")
base = f"http://127.0.0.1:{port}"

sold, connected = {}, {}
first = last = None
with open(path, newline="", encoding="utf-8") as file:
    for row in csv.DictReader(file):
        value = int(Decimal(row["box_value"]) * 100) if row["box_value"] else 0
        day = dt.datetime.fromisoformat(row["created_at"].replace("Z", "+00:00")).astimezone(zone).date()
        first, last = min(first or day, day), max(last or day, day)
        if row["status"] != "CNL":
            sold[day] = sold.get(day, 0) + value
        if row["status"] == "CN" and row["connected_on"]:
            on = dt.date.fromisoformat(row["connected_on"])
            connected[on] = connected.get(on, 0) + value

jar = http.cookiejar.CookieJar()
web = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
web.addheaders = [("Sec-Fetch-Site", "same-origin")]
form = urllib.parse.urlencode({"username": username, "password": password}).encode()
web.open(f"{base}/login/", form).read()

special = [dt.date(2025, 10, 26), dt.date(2026, 3, 29), dt.date(2026, 10, 25), dt.date(2025, 12, 31), dt.date(2026, 1, 1), dt.date(2024, 2, 29), dt.date(2024, 3, 31), dt.date(2024, 10, 27), dt.date(2025, 3, 30)]
days = [day for day in special if first <= day <= last]
chance = random.Random(50)
span = (last - first).days
while len(days) < 50 and len(days) < span:
    day = first + dt.timedelta(chance.randrange(span))
    if day not in days:
        days.append(day)

def minor(text):
    digits = re.sub(r"[^\d-]", "", text)
    return int(digits)

wrong = compared = 0
for day in days:
    start = day - dt.timedelta(6)
    page = web.open(f"{base}/dashboard/?from={start}&to={day}").read().decode()
    table = page.split('class="chart-table"', 1)[1].split("<tbody>", 1)[1].split("</tbody>", 1)[0]
    rows = table.split("<tr>")[1:]
    assert len(rows) == 7, (day, len(rows))
    for nth, row in enumerate(rows):
        of = start + dt.timedelta(nth)
        cells = [minor(html.unescape(cell)) for cell in re.findall(r'class="numeric">([^<]*)<', row)]
        expected = [sold.get(of, 0), connected.get(of, 0)]
        compared += 2
        if cells != expected:
            wrong += 1
            print(f"{of}: the dashboard says {cells}, the orders say {expected}")
print(f"{compared} figures of {len(days)} weeks in {zone}: {'all equal' if not wrong else f'{wrong} DIFFER'}; {sum(sold.values())} sold and {sum(connected.values())} connected in all, minor units")
sys.exit(1 if wrong else 0)
