from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial")]

    operations = [
        migrations.AddField("pull", "undo_statement", models.JSONField(null=True)),
        # Asked for in the old way, without a signature: it is asked for again.
        migrations.RunSQL(
            "UPDATE incidents_pull SET undo_asked_by_id = NULL, undo_asked_at = NULL, undo_agreed_by_id = NULL, "
            "undo_agreed_at = NULL WHERE undone_at IS NULL",
            migrations.RunSQL.noop,
        ),
    ]
