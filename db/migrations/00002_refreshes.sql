-- The refreshes and the ledger, which has every task of a refresh from its discovery until it is done or has failed.

-- +goose Up
CREATE TABLE refreshes (
    id          BIGINT PRIMARY KEY NOT NULL,
    season      INTEGER, -- NULL until fetch_team_data has determined it
    state       TEXT NOT NULL CHECK (state IN ('running', 'complete', 'failed')),
    started_at  TIMESTAMP NOT NULL,
    finished_at TIMESTAMP,
    tasks       INTEGER, -- tasks and failed are NULL while the refresh runs
    failed      INTEGER
);
CREATE UNIQUE INDEX refreshes_one_running ON refreshes (state) WHERE state = 'running';

CREATE TABLE tasks (
    refresh_id BIGINT NOT NULL REFERENCES refreshes (id),
    task_key   TEXT NOT NULL, -- name and arguments, so a refresh has the same work only once
    parent_key TEXT NOT NULL, -- the task that added it first; empty for the first task of a refresh
    name       TEXT NOT NULL,
    tri_code   TEXT NOT NULL,
    player_id  BIGINT NOT NULL,
    season     INTEGER NOT NULL,
    game_type  INTEGER NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('open', 'done', 'failed')),
    attempts   INTEGER NOT NULL, -- attempts that ended in an error
    reason     TEXT NOT NULL,    -- text of the latest error
    updated_at TIMESTAMP NOT NULL,
    PRIMARY KEY (refresh_id, task_key)
);
CREATE INDEX tasks_open ON tasks (refresh_id) WHERE state = 'open';

-- +goose Down
DROP TABLE tasks;
DROP TABLE refreshes;
