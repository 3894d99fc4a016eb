"""The parsing losses: right shares cost least, small parts count more, absent classes nothing."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from limner.records import CLASSES
from limner.train.losses.segmentation import CLASS_WEIGHTS, parsing_loss

pytestmark = pytest.mark.train

SKIN, L_EYE, HAIR = (CLASSES.index(n) for n in ("skin", "l_eye", "hair"))


def shares(side: int = 16) -> Tensor:
    """Return skin above, hair below, an eye in the skin."""
    ids = torch.full((1, side, side), SKIN)
    ids[:, side // 2 :] = HAIR
    ids[:, 1:6, 1:6] = L_EYE
    return (torch.nn.functional.one_hot(ids, 19).permute(0, 3, 1, 2) * 4).to(torch.uint8)


def loss_of(logits: Tensor, target: Tensor) -> dict[str, float]:
    return {k: float(v) for k, v in parsing_loss(logits, target).items()}


def test_there_is_a_weight_for_each_class_and_eyes_count_more_than_skin() -> None:
    assert len(CLASS_WEIGHTS) == len(CLASSES)
    assert CLASS_WEIGHTS[L_EYE] > CLASS_WEIGHTS[SKIN]


def test_nothing_is_left_to_learn_where_all_is_right() -> None:
    target = shares()
    right = (target.float() - 2) * 10
    assert max(loss_of(right, target).values()) < 1e-3


def test_a_wrong_eye_costs_more_than_as_much_wrong_skin() -> None:
    target = shares()
    right = (target.float() - 2) * 10
    no_eye, no_skin = right.clone(), right.clone()
    no_eye[0, :, 1:6, 1:6] = (torch.eye(19)[SKIN] * 40 - 20)[:, None, None]
    no_skin[0, :, 1:6, 9:14] = (torch.eye(19)[HAIR] * 40 - 20)[:, None, None]
    eye, skin = loss_of(no_eye, target), loss_of(no_skin, target)
    assert eye["entropy"] > 2 * skin["entropy"]
    assert eye["dice"] > skin["dice"]


def test_mixed_cells_want_mixed_answers() -> None:
    target = torch.zeros(1, 19, 8, 8, dtype=torch.uint8)
    target[:, SKIN], target[:, HAIR] = 3, 1
    logits = torch.full((1, 19, 8, 8), -20.0)
    costs = []
    for share in (0.5, 0.75, 0.9999):
        logits[:, SKIN] = torch.logit(torch.tensor(share))
        logits[:, HAIR] = 0
        costs.append(loss_of(logits, target)["entropy"])
    assert costs[1] == min(costs)


def test_classes_that_do_not_occur_have_no_dice() -> None:
    target = shares()
    right = (target.float() - 2) * 10
    lower = right.clone()
    lower[:, CLASSES.index("hat")] += 5  # still far below: no cell becomes a hat
    assert loss_of(lower, target)["dice"] == pytest.approx(loss_of(right, target)["dice"], abs=1e-4)


def test_gradients_are_finite_however_wrong_the_net_is() -> None:
    target = shares()
    logits = ((2 - target.float()) * 1000).requires_grad_()
    sum(parsing_loss(logits, target).values()).backward()  # type: ignore[union-attr]
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()
    assert logits.grad.any()
