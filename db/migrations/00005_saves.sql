-- A goalie's saves are stored as recorded. They are not always shots against minus goals against: an own goal is a goal
-- against but not a shot. They are NULL if neither saves nor save percentage are known.

-- +goose Up
ALTER TABLE game_lines ADD COLUMN saves INTEGER;
ALTER TABLE season_lines ADD COLUMN saves INTEGER;
ALTER TABLE career_lines ADD COLUMN saves INTEGER;

-- Saves are the count that gives the save percentage, which has six decimal places. In some seasons it has only three, so
-- several counts fit; then saves are shots against minus goals against.
UPDATE game_lines SET saves = CASE WHEN shots_against = 0 THEN 0
    ELSE CAST(FLOOR(save_pctg * shots_against + 0.5) AS INTEGER) END
WHERE shots_against IS NOT NULL;
UPDATE season_lines SET saves = CASE WHEN shots_against = 0 THEN 0
    WHEN ABS(save_pctg * shots_against - FLOOR(save_pctg * shots_against + 0.5)) > 0.000001 * shots_against
        AND ABS(save_pctg * shots_against - (shots_against - goals_against)) < 0.0005 * shots_against
        THEN shots_against - goals_against
    ELSE CAST(FLOOR(save_pctg * shots_against + 0.5) AS INTEGER) END
WHERE shots_against IS NOT NULL AND league = 'NHL';
UPDATE career_lines SET saves = CASE WHEN shots_against = 0 THEN 0
    ELSE CAST(FLOOR(save_pctg * shots_against + 0.5) AS INTEGER) END
WHERE shots_against IS NOT NULL;

-- Ratios are calculated from counts. In other leagues the times are whole minutes, so their stored GAA is more exact.
UPDATE season_lines SET toi = NULL WHERE league <> 'NHL' AND gaa IS NOT NULL;

-- A season's row also has 0 if no faceoff was taken.
UPDATE season_lines SET faceoff_pctg = NULL WHERE faceoff_pctg = 0;

-- A skater who dressed but did not play has no game. Only incremental refreshes stored one.
DELETE FROM game_lines WHERE started IS NULL AND toi = 0 AND COALESCE(shifts, 0) = 0;

-- +goose Down
ALTER TABLE career_lines DROP COLUMN saves;
ALTER TABLE season_lines DROP COLUMN saves;
ALTER TABLE game_lines DROP COLUMN saves;
