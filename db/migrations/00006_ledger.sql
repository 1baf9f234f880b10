-- The ledger counts errors separately from interruptions, and stores gaps for longer than the tasks that failed. The season
-- to show is stored. Each day of ranks has the number of games that were known when the ranks were calculated.

-- +goose Up

-- When a worker last reported that it is alive.
ALTER TABLE refreshes ADD COLUMN alive_at TIMESTAMP;

-- Starts of the task since its last recorded outcome. A high number means that the task crashes its worker.
ALTER TABLE tasks ADD COLUMN starts INTEGER NOT NULL DEFAULT 0;

-- What could not be fetched, from its first failure until it is fetched.
CREATE TABLE gaps (
    subject    TEXT PRIMARY KEY NOT NULL, -- what is missing: two tasks that fetch the same have the same subject
    name       TEXT NOT NULL,             -- of the task that failed, and its arguments
    tri_code   TEXT NOT NULL,
    player_id  BIGINT NOT NULL,
    season     INTEGER NOT NULL,
    game_type  INTEGER NOT NULL,
    game_id    BIGINT NOT NULL,
    cause      TEXT NOT NULL,
    since      TIMESTAMP NOT NULL
);
-- Until now, gaps were the failed tasks of the last complete refresh.
INSERT INTO gaps (subject, name, tri_code, player_id, season, game_type, game_id, cause, since)
SELECT t.task_key, t.name, t.tri_code, t.player_id, t.season, t.game_type, t.game_id, 'unknown', t.updated_at
FROM tasks t WHERE t.state = 'failed' AND t.name IN ('fetch_roster_data', 'fetch_player_data', 'fetch_game_data')
    AND t.refresh_id = (SELECT MAX(id) FROM refreshes WHERE kind <> 'history' AND state = 'complete');
UPDATE roster_entries SET entry = '' WHERE entry = 'failed';

-- The refresh that fetched the standings. Only the standings of the current refresh show whether a game was missed.
ALTER TABLE standings ADD COLUMN refresh_id BIGINT NOT NULL DEFAULT 0;

-- The season that pages show: that of the latest complete refresh, or of the first one before any is complete.
CREATE TABLE current_season (
    id     INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    season INTEGER NOT NULL
);
INSERT INTO current_season (id, season)
SELECT 1, r.season FROM refreshes r
WHERE r.kind <> 'history' AND EXISTS (SELECT 1 FROM roster_entries e WHERE e.season = r.season)
ORDER BY CASE r.state WHEN 'complete' THEN 0 ELSE 1 END, r.id DESC LIMIT 1;

-- Days whose ranks were stored by the refresh after them, with the number of games known then. Ranks of other days are
-- reconstructed from game logs. Days stored before this migration are reconstructed once, because their games may not have
-- been over. Days without games are deleted.
DELETE FROM rank_days WHERE day NOT IN (SELECT game_date FROM game_lines);
CREATE TABLE ranked_days (
    day   DATE PRIMARY KEY NOT NULL,
    games INTEGER NOT NULL
);
INSERT INTO ranked_days (day, games)
SELECT DISTINCT day, -1 FROM rank_days WHERE rebuilt = FALSE;

-- +goose Down
DROP TABLE ranked_days;
DROP TABLE current_season;
ALTER TABLE standings DROP COLUMN refresh_id;
DROP TABLE gaps;
ALTER TABLE tasks DROP COLUMN starts;
ALTER TABLE refreshes DROP COLUMN alive_at;
