-- What the table of teams shows beside the record: the league's own order, the division, goals, and the last ten games.
-- +goose Up
ALTER TABLE standings ADD COLUMN place INTEGER;
ALTER TABLE standings ADD COLUMN division TEXT NOT NULL DEFAULT '';
ALTER TABLE standings ADD COLUMN goals_for INTEGER;
ALTER TABLE standings ADD COLUMN goals_against INTEGER;
ALTER TABLE standings ADD COLUMN last_wins INTEGER;
ALTER TABLE standings ADD COLUMN last_losses INTEGER;
ALTER TABLE standings ADD COLUMN last_ot_losses INTEGER;

-- +goose Down
ALTER TABLE standings DROP COLUMN last_ot_losses;
ALTER TABLE standings DROP COLUMN last_losses;
ALTER TABLE standings DROP COLUMN last_wins;
ALTER TABLE standings DROP COLUMN goals_against;
ALTER TABLE standings DROP COLUMN goals_for;
ALTER TABLE standings DROP COLUMN division;
ALTER TABLE standings DROP COLUMN place;
