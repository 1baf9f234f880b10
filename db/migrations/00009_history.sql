-- Totals of every season since 1917-18, from the NHL's bulk reports: a row per player, season and game type over all teams, and a
-- row per team. NULL is a statistic that was not recorded then. Some early players were skaters and goalies in one season; they
-- have a row for each.
-- +goose Up
ALTER TABLE players ADD COLUMN nationality TEXT NOT NULL DEFAULT '';
ALTER TABLE players ADD COLUMN hall_of_fame BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE season_totals (
    player_id     BIGINT NOT NULL REFERENCES players (id),
    season        INTEGER NOT NULL,
    game_type     INTEGER NOT NULL,
    position      TEXT NOT NULL, -- C, L, R, D or G in that season
    teams         TEXT NOT NULL, -- tricodes of that time in the order of play: EDM,PIT
    age           INTEGER,       -- on 31 January of the season
    rookie        BOOLEAN NOT NULL DEFAULT FALSE,
    gp            INTEGER,
    goals         INTEGER,
    assists       INTEGER,
    points        INTEGER,
    pim           INTEGER,
    plus_minus    INTEGER,
    shots         INTEGER,
    pp_goals      INTEGER,
    pp_points     INTEGER,
    sh_goals      INTEGER,
    sh_points     INTEGER,
    gw_goals      INTEGER,
    ot_goals      INTEGER,
    shooting_pctg DOUBLE PRECISION,
    faceoff_pctg  DOUBLE PRECISION,
    avg_toi       INTEGER,
    games_started INTEGER,
    wins          INTEGER,
    losses        INTEGER,
    ties          INTEGER,
    ot_losses     INTEGER,
    shots_against INTEGER,
    goals_against INTEGER,
    saves         INTEGER,
    shutouts      INTEGER,
    gaa           DOUBLE PRECISION,
    save_pctg     DOUBLE PRECISION,
    toi           INTEGER,
    PRIMARY KEY (player_id, season, game_type, position)
);
CREATE INDEX season_totals_by_season ON season_totals (season, game_type);

CREATE TABLE team_totals (
    team_id       BIGINT NOT NULL,
    season        INTEGER NOT NULL,
    game_type     INTEGER NOT NULL,
    team_name     TEXT NOT NULL, -- of that time
    gp            INTEGER,
    wins          INTEGER,
    losses        INTEGER,
    ties          INTEGER,
    ot_losses     INTEGER,
    points        INTEGER,
    goals_for     INTEGER,
    goals_against INTEGER,
    PRIMARY KEY (team_id, season, game_type)
);

-- The reports that are stored, which are not fetched again.
CREATE TABLE history_reports (
    report     TEXT NOT NULL, -- the task that fetches it
    season     INTEGER NOT NULL,
    game_type  INTEGER NOT NULL,
    rows       INTEGER NOT NULL, -- a report of several seasons may have them all at its first season
    fetched_at TIMESTAMP NOT NULL,
    PRIMARY KEY (report, season, game_type)
);

-- A task that fetches a report has a range of seasons; this is its last one.
ALTER TABLE tasks ADD COLUMN last_season INTEGER NOT NULL DEFAULT 0;
ALTER TABLE gaps ADD COLUMN last_season INTEGER NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE gaps DROP COLUMN last_season;
ALTER TABLE tasks DROP COLUMN last_season;
DROP TABLE history_reports;
DROP TABLE team_totals;
DROP TABLE season_totals;
ALTER TABLE players DROP COLUMN hall_of_fame;
ALTER TABLE players DROP COLUMN nationality;
