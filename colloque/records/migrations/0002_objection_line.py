from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="objection",
            name="line",
            field=models.TextField(blank=True, default=""),
            preserve_default=False,
        ),
    ]
