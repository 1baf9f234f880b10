-- What the calculated standings need beside the results: each team's conference. And the day for which a game was first scheduled,
-- so that the page of that day still shows a game that was moved.
-- +goose Up
ALTER TABLE standings ADD COLUMN conference TEXT NOT NULL DEFAULT '';
ALTER TABLE games ADD COLUMN first_date DATE;
UPDATE games SET first_date = game_date WHERE state <> '';
CREATE INDEX games_moved ON games (first_date) WHERE first_date <> game_date;

-- +goose Down
DROP INDEX games_moved;
ALTER TABLE games DROP COLUMN first_date;
ALTER TABLE standings DROP COLUMN conference;
