-- What an incremental refresh needs: the games that it has merged into game logs, the game of a task, and the latest roster
-- entry of a player.

-- +goose Up
CREATE TABLE games (
    game_id    BIGINT PRIMARY KEY NOT NULL,
    season     INTEGER NOT NULL,
    game_type  INTEGER NOT NULL,
    game_date  DATE NOT NULL,
    refresh_id BIGINT NOT NULL, -- the refresh that merged the game into its players' logs; 0 if they already had it
    merged_at  TIMESTAMP NOT NULL
);
CREATE INDEX games_refresh ON games (refresh_id);
CREATE INDEX game_lines_game ON game_lines (game_id);

ALTER TABLE tasks ADD COLUMN game_id BIGINT NOT NULL DEFAULT 0;

-- A fingerprint of the whole entry. A different fingerprint means that the player's profile has changed too. Empty if the
-- profile and the entry may disagree.
ALTER TABLE roster_entries ADD COLUMN entry TEXT NOT NULL DEFAULT '';

INSERT INTO locks (name) VALUES ('games');

-- +goose Down
DELETE FROM locks WHERE name = 'games';
ALTER TABLE roster_entries DROP COLUMN entry;
ALTER TABLE tasks DROP COLUMN game_id;
DROP INDEX game_lines_game;
DROP TABLE games;
