-- Expected goals, in ten-thousandths of a goal. They are calculated from plays, and NULL where no plays are stored.

-- +goose Up
ALTER TABLE games ADD COLUMN xg_version TEXT NOT NULL DEFAULT ''; -- the model that calculated the game; empty for none
ALTER TABLE games ADD COLUMN home_xg INTEGER;
ALTER TABLE games ADD COLUMN away_xg INTEGER;
ALTER TABLE plays ADD COLUMN xg SMALLINT;
ALTER TABLE box_lines ADD COLUMN xg INTEGER;
ALTER TABLE box_lines ADD COLUMN xga INTEGER;
ALTER TABLE game_lines ADD COLUMN xg INTEGER;
ALTER TABLE game_lines ADD COLUMN above_xg INTEGER;
ALTER TABLE game_lines ADD COLUMN xga INTEGER;
ALTER TABLE game_lines ADD COLUMN saved_xga INTEGER;
ALTER TABLE season_totals ADD COLUMN xg INTEGER;
ALTER TABLE season_totals ADD COLUMN above_xg INTEGER;
ALTER TABLE season_totals ADD COLUMN xga INTEGER;
ALTER TABLE season_totals ADD COLUMN saved_xga INTEGER;
DROP INDEX season_totals_skaters;
CREATE INDEX season_totals_skaters ON season_totals (game_type, player_id, season, position, teams, age, rookie, gp, goals, assists, points,
    pim, plus_minus, shots, pp_goals, pp_points, sh_goals, sh_points, gw_goals, ot_goals, shooting_pctg, faceoff_pctg, avg_toi, toi, xg, above_xg)
    WHERE position <> 'G';

-- +goose Down
DROP INDEX season_totals_skaters;
CREATE INDEX season_totals_skaters ON season_totals (game_type, player_id, season, position, teams, age, rookie, gp, goals, assists, points,
    pim, plus_minus, shots, pp_goals, pp_points, sh_goals, sh_points, gw_goals, ot_goals, shooting_pctg, faceoff_pctg, avg_toi, toi)
    WHERE position <> 'G';
ALTER TABLE season_totals DROP COLUMN saved_xga;
ALTER TABLE season_totals DROP COLUMN xga;
ALTER TABLE season_totals DROP COLUMN above_xg;
ALTER TABLE season_totals DROP COLUMN xg;
ALTER TABLE game_lines DROP COLUMN saved_xga;
ALTER TABLE game_lines DROP COLUMN xga;
ALTER TABLE game_lines DROP COLUMN above_xg;
ALTER TABLE game_lines DROP COLUMN xg;
ALTER TABLE box_lines DROP COLUMN xga;
ALTER TABLE box_lines DROP COLUMN xg;
ALTER TABLE plays DROP COLUMN xg;
ALTER TABLE games DROP COLUMN away_xg;
ALTER TABLE games DROP COLUMN home_xg;
ALTER TABLE games DROP COLUMN xg_version;
