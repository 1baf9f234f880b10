-- The expected goals of plays in a table of their own. A new model replaces them all, and Postgres writes them several times as fast as
-- new versions of the plays.

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
