package cmd

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"blueline/db"
)

func newMigrate() *cobra.Command {
	migrate := command("migrate", "Bring the database schema up to date", migrateUp)
	migrate.AddCommand(
		command("up", "Bring the database schema up to date", migrateUp),
		command("down", "Revert the latest migration and delete its data", migrateDown),
		command("status", "List the migrations and whether each is applied", migrateStatus),
	)
	return migrate
}

func migrateUp(ctx context.Context, a *app) error {
	applied, err := a.migrate(ctx)
	if err != nil {
		return err
	}
	for _, name := range applied {
		a.printf("applied %s\n", name)
	}
	if len(applied) == 0 {
		a.printf("nothing to do: the schema is current\n")
	}
	return nil
}

func migrateDown(ctx context.Context, a *app) error {
	if err := a.openDatabase(ctx, 0); err != nil {
		return err
	}
	name, err := db.MigrateDown(ctx, a.db)
	if err != nil {
		return err
	}
	if name == "" {
		return errors.New("there is no migration to revert")
	}
	a.printf("reverted %s\n", name)
	return nil
}

func migrateStatus(ctx context.Context, a *app) error {
	if err := a.openDatabase(ctx, 0); err != nil {
		return err
	}
	list, err := db.Migrations(ctx, a.db)
	if err != nil {
		return err
	}
	for _, m := range list {
		state := "pending"
		if m.Applied {
			state = "applied"
		}
		a.printf("%-8s %s\n", state, m.Name)
	}
	return nil
}
