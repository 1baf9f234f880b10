-- Games of the schedule, their plays and their boxscores. Until now, games had only those that a nightly refresh had merged into the
-- logs of its players, and when. The time at which the plays were fetched replaces that. The tasks that merged games are gone.

-- +goose Up
DROP TABLE games;
CREATE TABLE games (
    game_id        BIGINT PRIMARY KEY NOT NULL,
    season         INTEGER NOT NULL,
    game_type      INTEGER NOT NULL,
    game_date      DATE NOT NULL,
    start_at       TIMESTAMP,
    venue          TEXT NOT NULL,
    venue_zone     TEXT NOT NULL, -- in the IANA database
    neutral        BOOLEAN NOT NULL,
    home_id        BIGINT NOT NULL,
    home           TEXT NOT NULL, -- tricode
    away_id        BIGINT NOT NULL,
    away           TEXT NOT NULL,
    state          TEXT NOT NULL, -- FUT, PRE, LIVE, CRIT, FINAL or OFF
    schedule_state TEXT NOT NULL, -- OK, TBD, PPD or CNCL
    home_score     INTEGER,
    away_score     INTEGER,
    last_period    TEXT NOT NULL,            -- REG, OT or SO; empty before the end
    plays_at       TIMESTAMP,                -- when the plays were fetched; NULL if they are not stored
    doubt          TEXT NOT NULL DEFAULT ''  -- in which counts the plays and the boxscore disagree
);
CREATE INDEX games_date ON games (game_date);
CREATE INDEX games_season ON games (season, game_type, game_date, state, home_id); -- all that the days and teams of the standings need
DELETE FROM tasks WHERE state = 'open' AND name IN ('fetch_score_data', 'fetch_boxscore_data');
DELETE FROM gaps WHERE name IN ('fetch_score_data', 'fetch_boxscore_data');

CREATE TABLE plays (
    game_id     BIGINT NOT NULL,
    ordinal     INTEGER NOT NULL,
    event_id    BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    period      SMALLINT NOT NULL,
    period_type TEXT NOT NULL,
    second      SMALLINT NOT NULL,
    home        BOOLEAN NOT NULL,
    x           SMALLINT,
    y           SMALLINT,
    turned      BOOLEAN NOT NULL,
    zone        TEXT NOT NULL,
    situation   TEXT NOT NULL,
    shot_type   TEXT NOT NULL,
    reason      TEXT NOT NULL,
    penalty     TEXT NOT NULL,
    minutes     SMALLINT,
    player_id   BIGINT,
    other_id    BIGINT,
    assist1_id  BIGINT,
    assist2_id  BIGINT,
    goalie_id   BIGINT,
    served_id   BIGINT,
    PRIMARY KEY (game_id, ordinal)
);
CREATE INDEX plays_shooter ON plays (player_id, game_id) WHERE kind IN ('goal', 'shot', 'miss', 'block', 'failed');

-- The boxscore: a line for everyone who dressed.
CREATE TABLE box_lines (
    game_id        BIGINT NOT NULL,
    player_id      BIGINT NOT NULL,
    home           BOOLEAN NOT NULL,
    first_name     TEXT NOT NULL,
    last_name      TEXT NOT NULL,
    sweater_number INTEGER,
    position       TEXT NOT NULL,
    started        BOOLEAN, -- NULL for skaters
    decision       TEXT NOT NULL,
    goals          INTEGER,
    assists        INTEGER,
    points         INTEGER,
    pim            INTEGER,
    plus_minus     INTEGER,
    shots          INTEGER,
    shifts         INTEGER,
    pp_goals       INTEGER,
    toi            INTEGER, -- 0 if he dressed and did not play
    shots_against  INTEGER,
    goals_against  INTEGER,
    saves          INTEGER,
    hits           INTEGER,
    blocks         INTEGER,
    giveaways      INTEGER,
    takeaways      INTEGER,
    faceoffs_won   INTEGER,
    faceoffs_lost  INTEGER,
    PRIMARY KEY (game_id, player_id)
);

-- +goose Down
DROP TABLE box_lines;
DROP TABLE plays;
DROP TABLE games;
CREATE TABLE games (
    game_id    BIGINT PRIMARY KEY NOT NULL,
    season     INTEGER NOT NULL,
    game_type  INTEGER NOT NULL,
    game_date  DATE NOT NULL,
    refresh_id BIGINT NOT NULL,
    merged_at  TIMESTAMP NOT NULL
);
CREATE INDEX games_refresh ON games (refresh_id);
DELETE FROM tasks WHERE state = 'open' AND name IN ('fetch_schedule_data', 'fetch_play_data', 'rate_play_data');
DELETE FROM gaps WHERE name IN ('fetch_schedule_data', 'fetch_play_data', 'rate_play_data');
DELETE FROM history_reports WHERE report = 'fetch_schedule_data';
