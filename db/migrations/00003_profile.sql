-- What player and team pages show beyond career numbers: standings, percentile ranks of a season, the headline rank over
-- time, and what was corrected upstream after it was stored.

-- +goose Up

-- A full refresh fetches the whole league. An incremental one fetches what changed since the last refresh. A history fetches
-- the game logs of past seasons; it runs after a refresh and is preempted by the next one.
ALTER TABLE refreshes ADD COLUMN kind TEXT NOT NULL DEFAULT 'full' CHECK (kind IN ('full', 'increment', 'history'));

-- A team's record in the regular season.
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

-- A player's rank among his position group by a metric of one season and game type, from the latest analysis of that season.
-- A player below the minimum of games has a value but no rank and no peer group.
CREATE TABLE season_ranks (
    player_id   BIGINT NOT NULL, -- no foreign key: rows come from players, and the check would be a third of the analysis
    season      INTEGER NOT NULL,
    game_type   INTEGER NOT NULL,
    metric      TEXT NOT NULL,
    value       DOUBLE PRECISION, -- NULL if there is no denominator
    games       INTEGER NOT NULL,
    team_games  INTEGER NOT NULL, -- games that his team has played
    floor_games INTEGER NOT NULL, -- minimum of games to be ranked
    below       INTEGER,          -- number of peers with a worse value: lower, or higher if lower is better
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
    rebuilt     BOOLEAN NOT NULL, -- reconstructed later from the game logs, among the peers of that later day
    PRIMARY KEY (player_id, metric, day)
);
CREATE INDEX rank_days_day ON rank_days (day);

-- A number of a game that upstream changed after it was stored here. The stat 'game' means that the game itself was
-- withdrawn (from 1 to 0), or was added to a log that already had later games (from 0 to 1).
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
