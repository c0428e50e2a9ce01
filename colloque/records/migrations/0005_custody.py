import colloque.kernel.clock
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_rota'),
        ('records', '0004_appointments'),
    ]

    operations = [
        migrations.AddField(
            model_name='record',
            name='former',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='handed_on', to='accounts.practice'),
        ),
        migrations.AddField(
            model_name='record',
            name='kept_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.RemoveConstraint(
            model_name='record',
            name='one_file_per_patient_and_practice',
        ),
        migrations.AddConstraint(
            model_name='record',
            constraint=models.UniqueConstraint(condition=models.Q(('erased_at', None), ('former', None), ('kind', 'file')), fields=('subject', 'practice'), name='one_file_per_patient_and_practice'),
        ),
        migrations.CreateModel(
            name='Custody',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('statement', models.JSONField(null=True)),
                ('asked_at', models.DateTimeField(default=colloque.kernel.clock.now)),
                ('until', models.DateTimeField(null=True)),
                ('not_before', models.DateTimeField()),
                ('agreed_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('agreed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.account')),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.account')),
                ('practice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='custody_given', to='accounts.practice')),
                ('to', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='custody_taken', to='accounts.practice')),
            ],
        ),
        migrations.AddConstraint(
            model_name='custody',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('practice',), name='one_custody_at_a_time'),
        ),
    ]
