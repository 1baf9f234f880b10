-- Moves the expected goals of plays to their own table. A new model replaces all of them, and Postgres inserts narrow rows several times
-- faster than it updates plays. The column plays.xg stays for the version before this one, which may still run or run again.

-- +goose Up
CREATE TABLE expected_goals (
    game_id BIGINT NOT NULL,
    ordinal INTEGER NOT NULL, -- of the play
    xg      SMALLINT NOT NULL, -- in ten-thousandths of a goal
    PRIMARY KEY (game_id, ordinal)
);
UPDATE games SET game_id = game_id; -- waits for workers that are storing a game
INSERT INTO expected_goals (game_id, ordinal, xg) SELECT game_id, ordinal, xg FROM plays WHERE xg IS NOT NULL;

-- +goose Down
UPDATE plays SET xg = (SELECT xg FROM expected_goals e WHERE e.game_id = plays.game_id AND e.ordinal = plays.ordinal);
DROP TABLE expected_goals;
