-- Games of the schedule, their plays and their boxscores. Until now, games had only those that a nightly refresh merged into the
-- logs of its players; now a game that was not merged has no merged_at.

-- +goose Up
CREATE TABLE new_games (
    game_id        BIGINT PRIMARY KEY NOT NULL,
    season         INTEGER NOT NULL,
    game_type      INTEGER NOT NULL,
    game_date      DATE NOT NULL,
    refresh_id     BIGINT NOT NULL DEFAULT 0, -- the refresh that merged the game into its players' logs; 0 if they already had it
    merged_at      TIMESTAMP,
    start_at       TIMESTAMP,
    venue          TEXT NOT NULL DEFAULT '',
    venue_zone     TEXT NOT NULL DEFAULT '', -- in the IANA database
    neutral        BOOLEAN NOT NULL DEFAULT FALSE,
    home_id        BIGINT NOT NULL DEFAULT 0,
    home           TEXT NOT NULL DEFAULT '', -- tricode
    away_id        BIGINT NOT NULL DEFAULT 0,
    away           TEXT NOT NULL DEFAULT '',
    state          TEXT NOT NULL DEFAULT '', -- FUT, PRE, LIVE, CRIT, FINAL or OFF; empty if only merged_at is known
    schedule_state TEXT NOT NULL DEFAULT '', -- OK, TBD, PPD or CNCL
    home_score     INTEGER,
    away_score     INTEGER,
    last_period    TEXT NOT NULL DEFAULT '', -- REG, OT or SO; empty before the end
    plays_at       TIMESTAMP,                -- when the plays were fetched
    doubt          TEXT NOT NULL DEFAULT ''  -- in which counts the plays and the boxscore disagree
);
INSERT INTO new_games (game_id, season, game_type, game_date, refresh_id, merged_at)
SELECT game_id, season, game_type, game_date, refresh_id, merged_at FROM games;
DROP TABLE games;
ALTER TABLE new_games RENAME TO games;
CREATE INDEX games_refresh ON games (refresh_id);
CREATE INDEX games_date ON games (game_date);
CREATE INDEX games_season ON games (season, game_type, game_date);

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
DELETE FROM games WHERE merged_at IS NULL;
DROP INDEX games_season;
DROP INDEX games_date;
ALTER TABLE games DROP COLUMN doubt;
ALTER TABLE games DROP COLUMN plays_at;
ALTER TABLE games DROP COLUMN last_period;
ALTER TABLE games DROP COLUMN away_score;
ALTER TABLE games DROP COLUMN home_score;
ALTER TABLE games DROP COLUMN schedule_state;
ALTER TABLE games DROP COLUMN state;
ALTER TABLE games DROP COLUMN away;
ALTER TABLE games DROP COLUMN away_id;
ALTER TABLE games DROP COLUMN home;
ALTER TABLE games DROP COLUMN home_id;
ALTER TABLE games DROP COLUMN neutral;
ALTER TABLE games DROP COLUMN venue_zone;
ALTER TABLE games DROP COLUMN venue;
ALTER TABLE games DROP COLUMN start_at;
