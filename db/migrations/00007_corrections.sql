-- A correction names its statistic by the column that a season has for it.

-- +goose Up
UPDATE corrections SET stat = 'games_started' WHERE stat = 'started';

-- +goose Down
UPDATE corrections SET stat = 'started' WHERE stat = 'games_started';
