-- A goalie's saves are stored as they are recorded: an own goal is a goal against and no shot, so that they are not shots
-- against less goals against. They are NULL where neither they nor the save percentage are known.

-- +goose Up
ALTER TABLE game_lines ADD COLUMN saves INTEGER;
ALTER TABLE season_lines ADD COLUMN saves INTEGER;
ALTER TABLE career_lines ADD COLUMN saves INTEGER;

-- The count that gives the percentage, which has six places, and of some seasons three; there, where several counts do,
-- shots less goals.
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

-- Ratios are calculated from counts, unless those are known less well: in other leagues times are of whole minutes.
UPDATE season_lines SET toi = NULL WHERE league <> 'NHL' AND gaa IS NOT NULL;

-- 0 is what a season's row has for no face-off taken, too.
UPDATE season_lines SET faceoff_pctg = NULL WHERE faceoff_pctg = 0;

-- A skater who dressed without playing has no game. Only the night's route stored one.
DELETE FROM game_lines WHERE started IS NULL AND toi = 0 AND COALESCE(shifts, 0) = 0;

-- +goose Down
ALTER TABLE career_lines DROP COLUMN saves;
ALTER TABLE season_lines DROP COLUMN saves;
ALTER TABLE game_lines DROP COLUMN saves;
