-- The data that the site shows. Times on ice are in seconds, percentages are fractions, seasons are like 20262027, and ids
-- are the NHL's. NULL means "not recorded".

-- +goose Up
CREATE TABLE teams (
    id        BIGINT PRIMARY KEY NOT NULL,
    full_name TEXT NOT NULL,
    tri_code  TEXT NOT NULL -- not unique: a team that moves may keep its tricode and get a new id
);
CREATE INDEX teams_tri_code ON teams (tri_code);

CREATE TABLE players (
    id             BIGINT PRIMARY KEY NOT NULL,
    first_name     TEXT NOT NULL,
    last_name      TEXT NOT NULL,
    position       TEXT NOT NULL,
    sweater_number INTEGER,
    headshot       TEXT NOT NULL,
    birth_date     DATE,
    birth_city     TEXT NOT NULL,
    birth_province TEXT NOT NULL,
    birth_country  TEXT NOT NULL,
    height_in      INTEGER,
    height_cm      INTEGER,
    weight_lb      INTEGER,
    weight_kg      INTEGER,
    shoots         TEXT NOT NULL,
    draft_year     INTEGER,
    draft_team     TEXT NOT NULL,
    draft_round    INTEGER,
    draft_pick     INTEGER,
    draft_overall  INTEGER,
    profile_at     TIMESTAMP -- when the profile was fetched; NULL while the player is known only from a roster
);

-- One row per player and season: a traded player is only on the roster that was stored last.
CREATE TABLE roster_entries (
    season         INTEGER NOT NULL,
    player_id      BIGINT NOT NULL REFERENCES players (id),
    team_id        BIGINT NOT NULL REFERENCES teams (id),
    position       TEXT NOT NULL,
    sweater_number INTEGER,
    PRIMARY KEY (season, player_id)
);
CREATE INDEX roster_entries_team ON roster_entries (season, team_id);

CREATE TABLE career_lines (
    player_id     BIGINT NOT NULL REFERENCES players (id),
    game_type     INTEGER NOT NULL,
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
    shutouts      INTEGER,
    gaa           DOUBLE PRECISION,
    save_pctg     DOUBLE PRECISION,
    toi           INTEGER,
    PRIMARY KEY (player_id, game_type)
);

CREATE TABLE season_lines (
    player_id     BIGINT NOT NULL REFERENCES players (id),
    ordinal       INTEGER NOT NULL, -- position in the upstream list, because no combination of the other columns is unique
    season        INTEGER NOT NULL,
    league        TEXT NOT NULL,
    game_type     INTEGER NOT NULL,
    sequence      INTEGER NOT NULL,
    team_name     TEXT NOT NULL,
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
    shutouts      INTEGER,
    gaa           DOUBLE PRECISION,
    save_pctg     DOUBLE PRECISION,
    toi           INTEGER,
    PRIMARY KEY (player_id, ordinal)
);

-- The game logs that were fetched. This tells an empty log from one that was never fetched.
CREATE TABLE game_logs (
    player_id  BIGINT NOT NULL REFERENCES players (id),
    season     INTEGER NOT NULL,
    game_type  INTEGER NOT NULL,
    fetched_at TIMESTAMP NOT NULL,
    PRIMARY KEY (player_id, season, game_type)
);

CREATE TABLE game_lines (
    player_id     BIGINT NOT NULL,
    season        INTEGER NOT NULL,
    game_type     INTEGER NOT NULL,
    game_id       BIGINT NOT NULL,
    game_date     DATE NOT NULL,
    team          TEXT NOT NULL,
    opponent      TEXT NOT NULL,
    home          BOOLEAN NOT NULL,
    goals         INTEGER NOT NULL,
    assists       INTEGER NOT NULL,
    points        INTEGER NOT NULL,
    pim           INTEGER NOT NULL,
    toi           INTEGER NOT NULL,
    plus_minus    INTEGER,
    shots         INTEGER,
    shifts        INTEGER,
    pp_goals      INTEGER,
    pp_points     INTEGER,
    sh_goals      INTEGER,
    sh_points     INTEGER,
    gw_goals      INTEGER,
    ot_goals      INTEGER,
    started       BOOLEAN,
    decision      TEXT NOT NULL,
    shots_against INTEGER,
    goals_against INTEGER,
    save_pctg     DOUBLE PRECISION,
    shutouts      INTEGER,
    PRIMARY KEY (player_id, season, game_type, game_id),
    FOREIGN KEY (player_id, season, game_type) REFERENCES game_logs (player_id, season, game_type)
);

CREATE TABLE ranks (
    metric      TEXT NOT NULL,
    player_id   BIGINT NOT NULL REFERENCES players (id),
    value       DOUBLE PRECISION NOT NULL,
    below       INTEGER NOT NULL,
    equal_count INTEGER NOT NULL,
    crowd       INTEGER NOT NULL,
    as_of       TIMESTAMP NOT NULL,
    PRIMARY KEY (metric, player_id)
);

-- Work that only one transaction may do at a time. The transaction updates the row first.
CREATE TABLE locks (
    name TEXT PRIMARY KEY NOT NULL
);
INSERT INTO locks (name) VALUES ('rosters'), ('ranks');

-- +goose Down
DROP TABLE locks;
DROP TABLE ranks;
DROP TABLE game_lines;
DROP TABLE game_logs;
DROP TABLE season_lines;
DROP TABLE career_lines;
DROP TABLE roster_entries;
DROP TABLE players;
DROP TABLE teams;
