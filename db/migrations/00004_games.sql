-- What a refresh needs that fetches only what changed: which games it has brought in, which game a task is about, and
-- what a roster last said of a player.

-- +goose Up
CREATE TABLE games (
    game_id    BIGINT PRIMARY KEY NOT NULL,
    season     INTEGER NOT NULL,
    game_type  INTEGER NOT NULL,
    game_date  DATE NOT NULL,
    refresh_id BIGINT NOT NULL, -- that merged it into its players' logs; 0 when the logs had all of it already
    merged_at  TIMESTAMP NOT NULL
);
CREATE INDEX games_refresh ON games (refresh_id);
CREATE INDEX game_lines_game ON game_lines (game_id);

ALTER TABLE tasks ADD COLUMN game_id BIGINT NOT NULL DEFAULT 0;

-- A fingerprint of the whole entry: another one means that his profile has changed as well. Empty where it is not known
-- that the profile and the entry agree.
ALTER TABLE roster_entries ADD COLUMN entry TEXT NOT NULL DEFAULT '';

INSERT INTO locks (name) VALUES ('games');

-- +goose Down
DELETE FROM locks WHERE name = 'games';
ALTER TABLE roster_entries DROP COLUMN entry;
ALTER TABLE tasks DROP COLUMN game_id;
DROP INDEX game_lines_game;
DROP TABLE games;
