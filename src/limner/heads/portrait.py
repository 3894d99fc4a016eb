"""A head that no photograph was taken of, or whose parts were changed → its photograph, to turn with its own pixels.

Codes render softly: what pores, lashes and strands do is not in them. A painter that learned from photographs, and from
what their codes rendered, adds that once, from the front; from there it turns as a photograph's own pixels do, so that
every view shows the same person.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from limner.geometry.near import largest_piece
from limner.heads.encode import shares
from limner.heads.ground import PAPER
from limner.heads.own import grown
from limner.heads.project import matters, mend
from limner.records import CLASSES, HEAD_PARTS, HeadSource, Photo, SemanticMap
from limner.weights import each, session

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from limner.heads.render import Rendering

    Floats = NDArray[np.float32]
    Pixels = NDArray[np.uint8]

__all__ = ["SIDE", "WEIGHT", "joined", "painted", "repainted", "told_by"]

WEIGHT = "heads-portrait"
#: Side of what the painter sees and paints.
SIDE = 256
#: A look at the rendering: mirrored or not, moved down and to the right by so many px; down never less than 0.
_Look = tuple[bool, int, int]
#: A small painter leaves marks that lie where they lie in its picture, whatever it shows: wrinkles on every cheek. In
#: several looks they fall on several places, and what most looks agree on is the face. The first two give hair and
#: irises: there the crown has ground above it, for where hair meets the upper edge the painter makes a box of it. The
#: last two see the lower edge.
_LOOKS: tuple[_Look, ...] = (
    (False, 24, 0),
    (True, 24, 0),
    (False, 16, 16),
    (True, 16, -16),
    (False, 0, -24),
    (True, 0, 24),
)
_FINE = [CLASSES.index(n) for n in ("hair", "l_eye", "r_eye")]
#: Lips, teeth, eyes and glasses.
_FEATURES = [CLASSES.index(n) for n in ("l_eye", "r_eye", "eye_g", "mouth", "u_lip", "l_lip")]
#: By so much of the skin's difference in tone they are left as they were painted: they share its light, not its colour.
_OWN_TONE = 0.5
#: px over which a look that did not see the lower edge gives way to one that did.
_JOIN_PX = 24
#: px at the upper edge that are painted like those below.
_SOFT_PX = 3
#: Axes of a coloured picture.
_COLOURED = 3
_AS_IT_IS = np.array([[1.0, 0, 0], [0, 1.0, 0]])
#: A crown that reaches a rendering's upper edge in a peak, as heads of codes do, is rounded off by a disc of this share
#: of the side, as far down as the second: the painter makes a box of it.
_ROUND, _CROWN = 0.1, 0.12
#: Classes smaller than this share of the picture are noise of a rendering, not parts of a person.
_CRUMB = 2e-4


def told_by(seen: Rendering) -> tuple[Pixels, Pixels]:
    """Return a rendering as the painter is told of it.

    Parameters
    ----------
    seen : Rendering
        Of any side.

    Returns
    -------
    coarse : ndarray of shape (S, S, 3), uint8
        On the ground of heads without a photograph.
    labels : ndarray of shape (S, S), uint8
        The 19 classes in one piece, without crumbs; 0 where there is no head.
    """
    head = _rounded(largest_piece(seen.alpha > 0.5))
    share = np.asarray(cv2.GaussianBlur(head.astype(np.float32), (0, 0), 0.7))[..., None]
    coarse = (seen.photo + 1) * 127.5 * share + PAPER * (1 - share)
    crumb = _CRUMB * head.size
    blurred = np.stack([cv2.GaussianBlur(p, (0, 0), 1.0) for p in seen.labels.transpose(2, 0, 1)])
    blurred[0] = -1  # where the head is, there is some part of it
    ids = blurred.argmax(0)
    for k in np.unique(ids):
        if (ids == k).sum() < crumb:
            blurred[k] = -1
    labels = np.where(head, blurred.argmax(0), 0).astype(np.uint8)
    return np.clip(np.rint(coarse), 0, 255).astype(np.uint8), labels


def _rounded(head: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a head whose crown has no peak at the upper edge."""
    side = head.shape[0]
    r = round(_ROUND * side)
    framed = np.pad(head.astype(np.uint8), r, constant_values=1)
    framed[:r] = 0
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * r + 1, 2 * r + 1))
    inner = cv2.morphologyEx(framed, cv2.MORPH_OPEN, disc)[r:-r, r:-r] > 0
    out = head.copy()
    crown = round(_CROWN * side)
    out[:crown] &= inner[:crown]
    return out


def painted(seen: Rendering, *, seed: int) -> HeadSource | None:
    """Return the photograph of a head that is seen from the front, or None where the painter is not installed.

    Parameters
    ----------
    seen : Rendering
        From yaw 0°, pitch 0°, of 256 px.
    seed : int
        Of the grain: the same head and seed give the same photograph.
    """
    made = _made(seen, seed)
    return None if made is None else HeadSource(*made, 0.0, 0.0, _AS_IT_IS)


def repainted(
    source: HeadSource, seen: Rendering, edited: tuple[str, ...], *, seed: int
) -> HeadSource | None:
    """Return a photograph in which the edited parts are painted anew, or None where the painter is not installed.

    Parameters
    ----------
    source : HeadSource
        The photograph as it was taken.
    seen : Rendering
        The edited head from the photograph's camera, of 256 px.
    edited : tuple of str
        Parts that are no more what the photograph shows.
    seed : int
        Of the grain.

    Notes
    -----
    Painted is what the edited parts cover, and what they covered before; skin around them is brought to the
    photograph's own tones, so that there is no seam.
    """
    made = _made(seen, seed)
    if made is None:
        return None
    side = source.photo.size_px[0]
    size = (side, side)
    parts = [k for k, name in enumerate(HEAD_PARTS) if name in edited]
    now = cv2.resize(seen.masks[..., parts].sum(-1), size, interpolation=cv2.INTER_LINEAR) > 0.25
    photo = cv2.resize(made[0].pixels, size, interpolation=cv2.INTER_CUBIC)
    labels = cv2.resize(made[1].labels, size, interpolation=cv2.INTER_NEAREST)
    classes = [c for name in edited for c in HEAD_PARTS[name]]
    return joined(source, np.asarray(photo, np.uint8), np.asarray(labels, np.uint8), now, classes)


def joined(
    source: HeadSource, photo: Pixels, labels: Pixels, now: NDArray[np.bool_], classes: list[int]
) -> HeadSource:
    """Return a photograph with parts of another picture from the same camera, in the photograph's own tones.

    Parameters
    ----------
    source : HeadSource
        The photograph.
    photo : ndarray of shape (S, S, 3), uint8
        The other picture, of the photograph's size.
    labels : ndarray of shape (S, S), uint8
        Its classes.
    now : ndarray of shape (S, S), bool
        Where it has the parts.
    classes : list of int
        The parts', by which the photograph's own are found.
    """
    before = np.isin(source.semantic.labels, classes)
    new = np.clip(grown((now | before).astype(np.uint8)), 0, 1)
    own, other = (np.asarray(p, np.float32) / 127.5 - 1 for p in (source.photo.pixels, photo))
    # ground tells nothing of skin: where either shows it, nothing is compared
    head = ((labels > 0) & (source.semantic.labels > 0)).astype(np.float32)
    hot = shares(SemanticMap(labels), len(labels))[0].transpose(1, 2, 0)
    told, features = matters(hot), hot[..., _FEATURES].sum(-1)
    told[..., 0] -= _OWN_TONE * features
    toned = mend(own, (1 - new) * head, other, told)
    # paler skin around them makes no eye and no lip paler
    toned -= features[..., None] * np.maximum(toned - other, 0)
    toned = np.where((labels > 0)[..., None], toned, other)  # ground is nobody's
    mixed = own * (1 - new[..., None]) + toned * new[..., None]
    return replace(
        source,
        photo=Photo(np.clip(np.rint((mixed + 1) * 127.5), 0, 255).astype(np.uint8)),
        semantic=SemanticMap(np.where(new > 0.5, labels, source.semantic.labels).astype(np.uint8)),
    )


def _made(seen: Rendering, seed: int) -> tuple[Photo, SemanticMap] | None:
    """Return a rendering's photograph and classes, or None where the painter is not installed."""
    if not session().serves(WEIGHT):
        return None
    coarse, labels = told_by(seen)
    grain = np.random.default_rng(seed).standard_normal((len(_LOOKS), SIDE, SIDE), np.float32)
    pairs = zip(_LOOKS, grain, strict=True)
    looks = np.stack(each(lambda pair: _looked(coarse, labels, *pair), pairs))
    for k, (_, down, _) in enumerate(_LOOKS):  # moved down, it did not see the lower edge
        if down:
            unseen = 1 - np.clip((SIDE - down - np.arange(SIDE)) / _JOIN_PX, 0, 1)[:, None, None]
            looks[k] += unseen.astype(np.float32) * (looks[k % 2 - 2] - looks[k])
    whole = np.median(looks, 0)
    # strands lie where a look happened to lay them, pupils too: of many looks together nothing but a tone is left
    fine = cv2.GaussianBlur(np.isin(labels, _FINE).astype(np.float32), (0, 0), 1.5)[..., None]
    whole += np.clip(2 * fine, 0, 1) * (looks[:2].mean(0) - whole)
    # hair that goes on beyond the upper edge was softened into the ground set above it
    whole[:_SOFT_PX] = np.where(labels[:_SOFT_PX, :, None] > 0, whole[_SOFT_PX], whole[:_SOFT_PX])
    photo = np.clip(np.rint((whole + 1) * 127.5), 0, 255)
    return Photo(photo.astype(np.uint8)), SemanticMap(labels)


def _looked(coarse: Pixels, labels: Pixels, look: _Look, grain: Floats) -> Floats:
    """Return what the painter makes of a rendering that is mirrored and moved, brought back, (S, S, 3), −1 to 1."""
    mirror, down, right = look
    classes = labels
    if mirror:
        coarse, classes = coarse[:, ::-1], SemanticMap(labels).mirrored().labels
    told = (_moved(coarse, down, right), _moved(classes, down, right))
    out = session().run(
        WEIGHT,
        {
            "coarse": told[0].astype(np.float32).transpose(2, 0, 1)[None] / 127.5 - 1,
            "classes": shares(SemanticMap(told[1]), SIDE),
            "grain": np.ascontiguousarray(grain[None, None]),
        },
    )
    painted = np.ascontiguousarray(out["photo"][0].transpose(1, 2, 0), np.float32)
    back = _moved(painted, -down, -right)
    return back[:, ::-1] if mirror else back


def _moved(picture: NDArray[Any], down: int, right: int) -> NDArray[Any]:
    """Return a picture moved by whole px; its rim is repeated where nothing is known, but for ground above."""
    rows, columns = (np.clip(np.arange(SIDE) - n, 0, SIDE - 1) for n in (down, right))
    out = np.ascontiguousarray(picture[rows][:, columns])
    if down > 0:
        out[:down] = PAPER if picture.ndim == _COLOURED else 0
    return out
