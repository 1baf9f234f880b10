-- What a profile and a roster page show beyond the numbers of a career: standings, places in a crowd for a season, how the
-- headline rank moved, and what was corrected upstream after we had stored it.

-- +goose Up

-- A full refresh fetches the whole league, an increment what changed since the last one. A history fetches the game logs
-- of past seasons behind them and yields to them.
ALTER TABLE refreshes ADD COLUMN kind TEXT NOT NULL DEFAULT 'full' CHECK (kind IN ('full', 'increment', 'history'));

-- A club's record of the regular season.
CREATE TABLE standings (
    season    INTEGER NOT NULL,
    team_id   BIGINT NOT NULL REFERENCES teams (id),
    gp        INTEGER NOT NULL,
    wins      INTEGER NOT NULL,
    losses    INTEGER NOT NULL,
    ot_losses INTEGER NOT NULL,
    points    INTEGER NOT NULL,
    PRIMARY KEY (season, team_id)
);

-- A player's place among his position group by a metric of one season and game type, as counted by the latest analysis
-- of that season. Who has not played enough has his value, and neither a place nor a crowd.
CREATE TABLE season_ranks (
    player_id   BIGINT NOT NULL, -- of a player; counted from him, so that checking it costs a third of the analysis for nothing
    season      INTEGER NOT NULL,
    game_type   INTEGER NOT NULL,
    metric      TEXT NOT NULL,
    value       DOUBLE PRECISION, -- NULL where it would be a share of nothing
    games       INTEGER NOT NULL,
    team_games  INTEGER NOT NULL, -- that his club has played
    floor_games INTEGER NOT NULL, -- that he needs to be ranked
    below       INTEGER,          -- how many of the crowd are worse: have less, or more where less is better
    equal_count INTEGER,
    crowd       INTEGER,
    as_of       TIMESTAMP NOT NULL,
    PRIMARY KEY (player_id, season, game_type, metric)
);

-- The headline rank after the games of a day.
CREATE TABLE rank_days (
    player_id   BIGINT NOT NULL,
    metric      TEXT NOT NULL,
    day         DATE NOT NULL,
    value       DOUBLE PRECISION NOT NULL,
    below       INTEGER NOT NULL,
    equal_count INTEGER NOT NULL,
    crowd       INTEGER NOT NULL,
    rebuilt     BOOLEAN NOT NULL, -- counted afterwards from the game logs, among the crowd of that later day
    PRIMARY KEY (player_id, metric, day)
);
CREATE INDEX rank_days_day ON rank_days (day);

-- A number of a game that upstream changed after it was stored here. A game that was withdrawn, or added to a log whose
-- later games were stored before, has the stat 'game', from 1 to 0 or from 0 to 1.
CREATE TABLE corrections (
    player_id  BIGINT NOT NULL REFERENCES players (id),
    season     INTEGER NOT NULL,
    game_type  INTEGER NOT NULL,
    game_id    BIGINT NOT NULL,
    game_date  DATE NOT NULL,
    stat       TEXT NOT NULL, -- column of game_lines
    was        INTEGER,       -- NULL: not recorded
    is_now     INTEGER,
    noticed_at TIMESTAMP NOT NULL,
    PRIMARY KEY (player_id, season, game_type, game_id, stat, noticed_at)
);

-- +goose Down
DROP TABLE corrections;
DROP TABLE rank_days;
DROP TABLE season_ranks;
DROP TABLE standings;
DELETE FROM tasks WHERE refresh_id IN (SELECT id FROM refreshes WHERE kind = 'history');
DELETE FROM refreshes WHERE kind = 'history';
ALTER TABLE refreshes DROP COLUMN kind;
