"""The two turns of the synthesis: what was asked and what was made in → the critics' loss, then the maker's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from limner.train.losses.adversarial import augmented, critic_loss, feature_matching, maker_loss
from limner.train.losses.perceptual import feature_distance, pooled_l1, weighted_mean
from limner.train.losses.projected import hinge_critic, hinge_maker

if TYPE_CHECKING:
    from torch import Tensor, nn

    from limner.train.nets.sketch_synthesis import Made

__all__ = ["Inputs", "Looked", "Weights", "critics_turn", "look", "maker_turn"]

#: Skin, hair and lips, whose colours the palette promises.
_PROMISED = ((1, 2), (13,), (11, 12))

#: The rarer a class, the more it counts; brows, eyes and lips most.
_RARE = (1, 1, 2, 2, 4, 4, 4, 4, 2, 2, 4, 4, 4, 1, 1.5, 2, 2, 1, 1)


@dataclass(frozen=True, slots=True)
class Inputs:
    """One batch as the nets want it.

    Parameters
    ----------
    photo : Tensor of shape (N, 3, S, S)
        The real photographs, −1 to 1.
    labels : Tensor of shape (N, 128, 128), int64
        True classes, 255 = unknown.
    classes : Tensor of shape (N, 19, 128, 128)
        The same as shares; all 0 where unknown.
    codes : dict of str to Tensor
        The components' codes, as far as trusted.
    ink : Tensor of shape (N, 2, 256, 256)
        Ink times trust, and trust.
    palette, grain : Tensor of shape (N, 17) and (N, 1, 256, 256)
        Colours and noise.
    paired, own, trust : Tensor of shape (N,)
        1 where the sketch belongs to the photograph; where the palette does; mean confidence.
    """

    photo: Tensor
    labels: Tensor
    classes: Tensor
    codes: dict[str, Tensor]
    ink: Tensor
    palette: Tensor
    grain: Tensor
    paired: Tensor
    own: Tensor
    trust: Tensor

    def condition(self) -> Tensor:
        """Return what the patch critic is told: trusted ink and true classes, at the photograph's size."""
        size = self.photo.shape[-1]
        ink = functional.adaptive_avg_pool2d(self.ink[:, :1], size)
        return torch.cat([ink, functional.interpolate(self.classes, size=(size, size))], 1)


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of the losses, as in the task's settings."""

    labels: float
    coarse: float
    perceptual: float
    patch: float
    projected: float
    matching: float
    palette: float
    augment: float


@dataclass(frozen=True, slots=True)
class Looked:
    """Frozen features of both pictures, looked at once for both turns.

    Parameters
    ----------
    real, fake : list of Tensor
        Maps of the real and of the made picture; gradients flow into the latter alone.
    """

    real: list[Tensor]
    fake: list[Tensor]


def look(
    x: Inputs, made: Made, nets: tuple[nn.Module, nn.Module], weights: Weights
) -> Looked | None:
    """Return what both turns can share: everything where one frozen net sees pictures as they are.

    A third of a CPU's step is looking; a critic that sees changed pictures, or another net, has to look for itself.
    """
    seen, looks = nets
    if seen is not looks or weights.augment > 0:
        return None
    with torch.no_grad():
        real = seen(x.photo)
    return Looked(real, seen(made.photo.float()))


def critics_turn(
    x: Inputs,
    made: Made,
    critics: tuple[nn.Module, nn.Module],
    seen: nn.Module,
    weights: Weights,
    looked: Looked | None = None,
) -> tuple[str, Tensor, dict[str, float]]:
    """Return the turn of the patch critic and of the critic on frozen features."""
    patch, projected = critics
    fake = made.photo.detach().float()
    condition = x.condition()
    real_maps, fake_maps = patch(x.photo, condition), patch(fake, condition)
    by_patch = critic_loss([m[-1] for m in real_maps], [m[-1] for m in fake_maps], weight=x.paired)
    if looked is not None:
        real_seen, fake_seen = looked.real, [f.detach() for f in looked.fake]
    else:
        with torch.no_grad():
            real_seen = seen(_changed(x.photo, weights.augment))
            fake_seen = seen(_changed(fake, weights.augment))
    by_features = hinge_critic(projected(real_seen), projected(fake_seen))
    numbers = {"d_patch": by_patch, "d_projected": by_features}
    return "critics", by_patch + by_features, {k: float(v.detach()) for k, v in numbers.items()}


def _changed(photo: Tensor, strength: float) -> Tensor:
    return augmented([photo], strength=strength)[0] if strength > 0 else photo


def maker_turn(
    x: Inputs,
    made: Made,
    critics: tuple[nn.Module, nn.Module],
    nets: tuple[nn.Module, nn.Module],
    weights: Weights,
    looked: Looked | None = None,
) -> tuple[str, Tensor, dict[str, float]]:
    """Return the maker's turn: labels, the photograph by L1 and features, the critics, the palette's promise."""
    patch, projected = critics
    seen, looks = nets
    photo = made.photo.float()
    # a wild sketch can't tell where things are: its photograph binds less
    bound = x.paired * x.own * (0.25 + 0.75 * x.trust)
    condition = x.condition()
    with torch.no_grad():
        real_maps = patch(x.photo, condition)
    if looked is None:
        with torch.no_grad():
            real_look = looks(x.photo)
        looked_fake, fake_seen = looks(photo), seen(_changed(photo, weights.augment))
    else:
        real_look, looked_fake, fake_seen = looked.real, looked.fake, looked.fake
    fake_maps = patch(photo, condition)
    parts = {
        "labels": weights.labels * _labels_loss(made.logits.float(), x.labels),
        "coarse": weights.coarse * pooled_l1(photo, x.photo, (4, 8), bound),
        "perceptual": weights.perceptual * feature_distance(looked_fake, real_look, bound),
        "matching": weights.matching * feature_matching(fake_maps, real_maps, bound),
        "g_patch": weights.patch * maker_loss([m[-1] for m in fake_maps], weight=x.paired),
        "g_projected": weights.projected * hinge_maker(projected(fake_seen)),
        "palette": weights.palette * _palette_loss(made, x),
    }
    loss = torch.stack(list(parts.values())).sum()
    return "net", loss, {k: float(v.detach()) for k, v in parts.items()}


def _labels_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Return a weighted cross-entropy over known pixels, plus Dice over classes."""
    weight = torch.tensor(_RARE, device=logits.device)
    entropy = torch.nan_to_num(
        functional.cross_entropy(logits, labels, weight=weight, ignore_index=255)
    )
    known = (labels < len(_RARE)).float()[:, None]
    truth = (
        functional.one_hot(labels.clamp(max=len(_RARE) - 1), len(_RARE)).permute(0, 3, 1, 2) * known
    )
    share = functional.softmax(logits, 1) * known
    both = (share * truth).sum((0, 2, 3))
    total = share.sum((0, 2, 3)) + truth.sum((0, 2, 3))
    there = truth.sum((0, 2, 3)) > 0
    dice = 1 - (2 * both + 1) / (total + 1)
    return entropy + 0.5 * (dice * there).sum() / there.sum().clamp(min=1)


def _palette_loss(made: Made, x: Inputs) -> Tensor:
    """Return how far the mean colours of skin, hair and lips lie from those that were asked for."""
    photo = functional.adaptive_avg_pool2d(made.photo.float(), 128)
    # without true classes, as far as the net itself believes in them
    guess = functional.softmax(made.logits.float(), 1).detach()
    paired = x.paired[:, None, None, None]
    classes = x.classes * paired + guess * (1 - paired)
    parts = []
    for k, group in enumerate(_PROMISED):
        mask = classes[:, list(group)].sum(1, keepdim=True)
        size = mask.sum((2, 3))
        mean = (photo * mask).sum((2, 3)) / size.clamp(min=1)
        wanted = x.palette[:, 3 * k : 3 * k + 3]
        parts.append(weighted_mean((mean - wanted).abs(), (size[:, 0] > 40).float()))
    return torch.stack(parts).mean()
