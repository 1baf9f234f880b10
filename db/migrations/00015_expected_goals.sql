-- Moves the expected goals of plays to their own table. A new model replaces all of them, and Postgres inserts narrow rows several times
-- faster than it updates plays.

-- +goose Up
CREATE TABLE expected_goals (
    game_id BIGINT NOT NULL,
    ordinal INTEGER NOT NULL, -- of the play
    xg      SMALLINT NOT NULL, -- in ten-thousandths of a goal
    PRIMARY KEY (game_id, ordinal)
);
INSERT INTO expected_goals (game_id, ordinal, xg) SELECT game_id, ordinal, xg FROM plays WHERE xg IS NOT NULL;
ALTER TABLE plays DROP COLUMN xg;

-- +goose Down
ALTER TABLE plays ADD COLUMN xg SMALLINT;
UPDATE plays SET xg = (SELECT xg FROM expected_goals e WHERE e.game_id = plays.game_id AND e.ordinal = plays.ordinal);
DROP TABLE expected_goals;
