-- Tables of warehouse.duckdb as numbered steps, each run once and in one transaction. Never edit a step that
-- was released: add the next one. Times are UTC.

-- step 1: data sets, runs, metrics, saved results, openings of the test part
CREATE TABLE datasets (
    id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    created TIMESTAMP NOT NULL,
    events BIGINT NOT NULL,
    users BIGINT NOT NULL,
    items BIGINT NOT NULL,
    source VARCHAR NOT NULL,
    meta JSON NOT NULL
);
CREATE TABLE runs (
    run VARCHAR PRIMARY KEY,
    label VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    dataset VARCHAR NOT NULL,
    protocol VARCHAR NOT NULL,
    fingerprint VARCHAR NOT NULL,
    policy VARCHAR NOT NULL,
    device VARCHAR NOT NULL,
    seconds DOUBLE,
    created TIMESTAMP NOT NULL,
    place VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    hidden BOOLEAN NOT NULL DEFAULT false,
    meta JSON NOT NULL
);
CREATE TABLE metrics (
    run VARCHAR NOT NULL,
    part VARCHAR NOT NULL,
    users VARCHAR NOT NULL,
    metric VARCHAR NOT NULL,
    k INTEGER NOT NULL,
    mean DOUBLE,
    low DOUBLE,
    high DOUBLE,
    n_users BIGINT
);
CREATE TABLE results (
    kind VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    dataset VARCHAR NOT NULL,
    created TIMESTAMP NOT NULL,
    meta JSON NOT NULL,
    PRIMARY KEY (kind, id)
);
CREATE TABLE test_openings (
    fingerprint VARCHAR NOT NULL,
    opened TIMESTAMP NOT NULL
);
