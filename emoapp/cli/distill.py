"""`emoapp distill`: one small model that has learned from several larger or different ones."""

from __future__ import annotations

from types import SimpleNamespace

from emoapp.cli.command import cli_command
from emoapp.cli.common import need_training
from emoapp.cli.options import option
from emoapp.cli.recipe import recipe
from emoapp.cli.train import check_run_folder, has_state, run_options, train_one
from emoapp.cli.training_data import SOFT_LABELS, ask_teachers, read_data
from emoapp.cli.values import PATH
from emoapp.utils.terminal import say


@cli_command("distill")
@run_options
@option(
    "--teachers",
    type=PATH,
    several=True,
    required=True,
    metavar="FILE...",
    help="trained models (model.keras, or the folder of a run; emotion.tflite answers several "
    f"times faster), or their answers on these pictures ({SOFT_LABELS})",
)
def command(args: SimpleNamespace) -> int:
    """Run the command.

    Args:
        args: The values of the options.

    Returns:
        The exit status.
    """
    need_training()
    resume = check_run_folder(args, args.output, args.teachers, others=[SOFT_LABELS])
    known = read_data(args)
    say(f"asking {len(args.teachers)} teachers")
    soft = ask_teachers(args.teachers, known.whole, args.output / SOFT_LABELS, views=args.views)
    train_one(
        args,
        recipe(args),
        known,
        args.output,
        # It may have been interrupted while the teachers were asked.
        resume=resume and has_state(args.output),
        soft_labels={head: values[~known.held] for head, values in soft.items()},
        teachers=args.teachers,
    )
    return 0
