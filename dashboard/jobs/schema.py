"""Tables of jobs.sqlite. Progress points are only appended; one row per job holds the rest."""

TABLES = """
create table if not exists jobs (
  id text primary key,
  kind text not null,
  title text not null,
  spec text not null,
  state text not null,
  stage text not null default '',
  fraction real not null default 0,
  created real not null,
  started real,
  updated real,
  finished real,
  error text not null default '',
  hint text not null default '',
  incident text not null default '',
  result text,
  device text,
  pid integer,
  process_started real,
  lane text not null default '',
  parent text not null default '',
  cancel_asked real,
  registered integer not null default 0
);
create index if not exists jobs_by_state on jobs (state, created);
create table if not exists points (
  number integer primary key autoincrement,
  job text not null,
  at real not null,
  "values" text not null
);
create index if not exists points_by_job on points (job, number);
"""
