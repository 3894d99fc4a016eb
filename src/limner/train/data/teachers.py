"""A folder of public teacher networks in → boxes, mesh points, pose and classes of photographs.

Teachers label what a network of our own is then taught; none of them ships, and none is touched
until a photograph is to be labelled. Each file is known by its hash, so that the same labels come
out everywhere.

References
----------
YuNet: Wu, Peng, Yu, "YuNet: A Tiny Millisecond-level Face Detector", MIR 2023. Face Mesh and iris:
Kartynnik et al., "Real-time Facial Surface Geometry from Monocular Video", CVPR workshop 2019.
BiSeNetV2: Yu et al., IJCV 2021.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from limner.errors import CorruptWeights, MissingExtra, MissingWeights
from limner.geometry.affine import apply, invert, scale
from limner.geometry.align import warp
from limner.records import CLASSES

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Floats = NDArray[np.float64]

__all__ = ["TEACHERS", "Found", "Teacher", "Teachers", "pose_deg"]


@dataclass(frozen=True, slots=True)
class Teacher:
    """One teacher's file: its name, sha256, terms, and what it tells."""

    file: str
    sha256: str
    license: str
    tells: str


#: Every file that labelling reads.
TEACHERS: dict[str, Teacher] = {
    "detect": Teacher(
        "face_detection_yunet_2026may.onnx",
        "ebafce4e3c118d6554634be5c27ab333b4c047a9a8c3faf1d7cf93101c22f0f0",
        "MIT",
        "boxes and five points",
    ),
    "mesh": Teacher(
        "face_landmark_v2.tflite",
        "c603fa6149219a3e9487dc9abd7a0c24474c77263273d24868378cdf40aa26d1",
        "Apache-2.0",
        "468 points of the face's surface",
    ),
    "iris": Teacher(
        "iris_landmark.tflite",
        "d1744d2a09c25f501d39eba4faff47e53ecca8852c5ce19bce8eeac39357521f",
        "Apache-2.0",
        "five points of each iris",
    ),
    "head": Teacher(
        "canonical_face_model.obj",
        "8bac80443397e113f41a8b565ea72c59390bc031d9defab289dba7bc0c54e618",
        "Apache-2.0",
        "an average head, for the pose",
    ),
    "parse": Teacher(
        "bisenetv2_celebamaskhq_448_int8.tflite",
        "d0c1fc479bbd40084283043abf01d11a5c3a54b2ecc4bc812cde6f36989ad22a",
        "LicenseRef-CelebAMask-HQ-non-commercial",
        "the 19 classes of an aligned crop",
    ),
    "hair": Teacher(
        "hair_segmentation_512.tflite",
        "d2c940c4fd80edeaf38f5d7387d1b4235ee320ed120080df67c663e749e77633",
        "Apache-2.0",
        "hair",
    ),
    "person": Teacher(
        "selfie_segmentation.tflite",
        "8d13b7fae74af625c641226813616a2117bd6bca19eb3b75574621fc08557f27",
        "Apache-2.0",
        "the person against the background",
    ),
}

#: The parse teacher counts its classes in another order than `CLASSES`.
_ITS_ORDER = (
    *("background", "skin", "l_brow", "r_brow", "l_eye", "r_eye", "eye_g", "l_ear", "r_ear"),
    *("ear_r", "nose", "mouth", "u_lip", "l_lip", "neck", "neck_l", "cloth", "hair", "hat"),
)
_OURS = np.array([CLASSES.index(name) for name in _ITS_ORDER], np.uint8)
#: Points that barely move with expression: eye corners, nose, forehead, cheeks, mouth corners, chin.
_STEADY = [33, 263, 133, 362, 1, 4, 168, 6, 10, 152, 234, 454, 127, 356, 93, 323, 61, 291]
#: Outer and inner corner of each eye: the sitter's right, then left.
_CORNERS = ((33, 133), (263, 362))


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A face that the teachers found.

    Parameters
    ----------
    box : ndarray of shape (4,)
        x0, y0, x1, y1 in px.
    points : ndarray of shape (5, 2)
        Sitter's right eye, left eye, nose, right and left corner of the mouth.
    score : float
        The detector's.
    mesh : ndarray of shape (478, 3)
        px; z on the scale of x, smaller is nearer.
    mesh_score : float
        The mesh teacher's own belief that this is a face.
    """

    box: Floats
    points: Floats
    score: float
    mesh: Floats
    mesh_score: float


class Teachers:
    """The teachers of one folder, opened on first use.

    Parameters
    ----------
    folder : Path
        Holds the files of `TEACHERS`.
    threads : int
        Each network's.
    """

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        self.folder = folder
        self.threads = threads
        self._networks: dict[str, Any] = {}

    def path(self, role: str) -> Path:
        """Return a teacher's file after checking its hash.

        Raises
        ------
        MissingWeights
            If it is not there.
        CorruptWeights
            If it is another file than the one that is pinned.
        """
        teacher = TEACHERS[role]
        path = self.folder / teacher.file
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            raise MissingWeights(
                f"The teacher {path} is missing ({error.strerror}); name the folder that holds it."
            ) from error
        if digest != teacher.sha256:
            raise CorruptWeights(
                f"The teacher {path} has the sha256 {digest}, wanted {teacher.sha256}; its labels "
                "would differ from everybody else's."
            )
        return path

    def _run(self, role: str, x: NDArray[Any]) -> list[NDArray[Any]]:
        """Run a TFLite network on one input."""
        if role not in self._networks:
            try:
                from ai_edge_litert.interpreter import Interpreter
            except ImportError as error:
                raise MissingExtra.of("label", "labelling with teachers") from error
            made = Interpreter(model_path=str(self.path(role)), num_threads=self.threads)
            made.allocate_tensors()
            self._networks[role] = made
        network = self._networks[role]
        entry = network.get_input_details()[0]
        network.set_tensor(entry["index"], x.astype(entry["dtype"]))
        network.invoke()
        return [network.get_tensor(o["index"]).copy() for o in network.get_output_details()]

    @cached_property
    def _head(self) -> Floats:
        lines = self.path("head").read_text("utf-8").splitlines()
        return np.array([[float(v) for v in x.split()[1:4]] for x in lines if x.startswith("v ")])

    def detect(self, pixels: Pixels, *, threshold: float = 0.6) -> NDArray[np.float32]:
        """Return (N, 15): x, y, width, height, five points, score; best first."""
        size = pixels.shape[1], pixels.shape[0]
        network = cv2.FaceDetectorYN.create(str(self.path("detect")), "", size, threshold)
        rows: Any = network.detect(np.ascontiguousarray(pixels[..., ::-1]))[1]
        if rows is None:
            return np.zeros((0, 15), np.float32)
        found: NDArray[np.float32] = np.asarray(rows, np.float32)
        return found[np.argsort(-found[:, 14], kind="stable")]

    def faces(self, pixels: Pixels, *, threshold: float = 0.6) -> list[Found]:
        """Return every face of a picture (H, W, 3) uint8 with its mesh."""
        found = []
        for row in self.detect(pixels, threshold=threshold).astype(np.float64):
            mesh, score = self.mesh(pixels, row)
            box = np.array([row[0], row[1], row[0] + row[2], row[1] + row[3]])
            found.append(Found(box, row[4:14].reshape(5, 2), float(row[14]), mesh, score))
        return found

    def mesh(self, pixels: Pixels, row: Floats) -> tuple[Floats, float]:
        """Return the (478, 3) mesh of a detected face, and its score.

        The first look is placed by the detector, the second by the first look's own points.
        """
        eyes = row[4:8].reshape(2, 2)
        center, side = row[:2] + row[2:4] / 2, float(max(row[2:4]))
        points, score = np.zeros((468, 3)), 0.0
        for _ in range(2):
            crop, crop_from_photo = _square(pixels, center, 1.5 * side, _angle(eyes), 192)
            out = self._run("mesh", (crop.astype(np.float32) / 255)[None])
            points = _back(out[0].reshape(468, 3), crop_from_photo)
            score = 1 / (1 + math.exp(-float(out[1].ravel()[0])))
            eyes = points[[33, 263], :2]
            low, high = points[:, :2].min(0), points[:, :2].max(0)
            center, side = (low + high) / 2, float((high - low).max())
        irises = [self._iris(pixels, points, left=left) for left in (False, True)]
        return np.concatenate([points, *irises]), score

    def _iris(self, pixels: Pixels, points: Floats, *, left: bool) -> Floats:
        """Return five points of one iris; the network knows one eye, the other is mirrored."""
        outer, inner = points[list(_CORNERS[left]), :2]
        side = 2.3 * float(np.linalg.norm(outer - inner))
        angle = _angle(points[[33, 263], :2])
        crop, crop_from_photo = _square(pixels, (outer + inner) / 2, side, angle, 64)
        seen = crop[:, ::-1] if left else crop
        found = self._run("iris", (seen.astype(np.float32) / 255)[None])[1].reshape(5, 3)
        if left:
            found[:, 0] = 63 - found[:, 0]
        return _back(found, crop_from_photo)

    def parse(self, crop: Pixels, points: Floats) -> NDArray[np.uint8]:
        """Return the 19 classes of an aligned square crop, (448, 448).

        Parameters
        ----------
        crop : ndarray of shape (S, S, 3), uint8
            Aligned in the FFHQ manner.
        points : ndarray of shape (478, 2)
            The mesh in the crop's px. The teacher mixes up left and right; its points do not.
        """
        small = _resized(crop, 448).astype(np.float32) / 127.5 - 1
        labels = _OURS[self._run("parse", small[None])[0].reshape(448, 448)]
        return _sided(labels, points * (448 / crop.shape[0]))

    def hair(self, pixels: Pixels) -> NDArray[np.float32]:
        """Return the probability of hair, (H, W); poor on tight crops."""
        x = np.zeros((1, 512, 512, 4), np.float32)  # the fourth channel would be the last frame's
        x[0, ..., :3] = _resized(pixels, 512).astype(np.float32) / 255
        out = self._run("hair", x)[0][0]
        odds = np.clip(out[..., 1] - out[..., 0], -40, 40)
        return _up(1 / (1 + np.exp(-odds)), pixels)

    def person(self, pixels: Pixels) -> NDArray[np.float32]:
        """Return how much each pixel is the person's, (H, W), 0 to 1."""
        x = _resized(pixels, 256).astype(np.float32) / 255
        return _up(self._run("person", x[None])[0].reshape(256, 256), pixels)

    def pose_deg(self, mesh: Floats) -> Floats:
        """Return yaw, pitch and roll of a mesh in degrees, as `limner.records.Face` counts them."""
        return pose_deg(mesh, self._head)


def pose_deg(mesh: Floats, head: Floats) -> Floats:
    """Return yaw, pitch and roll of a mesh against an average head.

    Parameters
    ----------
    mesh : ndarray of shape (468 or more, 3)
        px; y down, z away from the viewer.
    head : ndarray of shape (468, 3)
        The average head; y up, z towards the viewer.

    Returns
    -------
    ndarray of shape (3,)
        Degrees. Yaw is positive where the nose points to the picture's left, roll where the head
        leans clockwise as seen, pitch where the face is seen from above.

    Notes
    -----
    The rotation is the best one between steady points (Kabsch); no camera is assumed.
    """
    seen = mesh[_STEADY] * [1, -1, -1]
    still = head[_STEADY]
    u, _, vt = np.linalg.svd((seen - seen.mean(0)).T @ (still - still.mean(0)))
    turn = u @ np.diag([1, 1, np.sign(np.linalg.det(u @ vt))]) @ vt
    yaw = -math.atan2(turn[0, 2], turn[2, 2])
    pitch = math.asin(min(1.0, max(-1.0, -turn[1, 2])))
    roll = -math.atan2(turn[1, 0], turn[1, 1])
    return np.degrees([yaw, pitch, roll])


def _angle(eyes: Floats) -> float:
    """Return the angle, in the picture's plane, of the line from the first eye to the second."""
    across = eyes[1] - eyes[0]
    return math.atan2(across[1], across[0])


def _square(
    pixels: Pixels, center: Floats, side: float, angle: float, out: int
) -> tuple[Pixels, Floats]:
    """Return an upright square crop and its crop_from_photo."""
    cos, sin = math.cos(angle), math.sin(angle)
    linear = np.array([[cos, sin], [-sin, cos]]) * (out / max(side, 1.0))
    crop_from_photo = np.column_stack([linear, out / 2 - linear @ center])
    return warp(pixels, crop_from_photo, (out, out), border="zero"), crop_from_photo


def _back(points: NDArray[Any], crop_from_photo: Floats) -> Floats:
    """Return (N, 3) points of a crop in the photograph's px, depth on the same scale."""
    photo_from_crop = invert(crop_from_photo)
    flat = apply(photo_from_crop, points[:, :2])
    return np.column_stack([flat, points[:, 2] * scale(photo_from_crop)])


def _resized(pixels: Pixels, side: int) -> Pixels:
    shrinks = pixels.shape[0] > side
    small: Pixels = np.asarray(
        cv2.resize(
            pixels, (side, side), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        ),
        np.uint8,
    )
    return small


def _up(mask: NDArray[Any], pixels: Pixels) -> NDArray[np.float32]:
    size = pixels.shape[1], pixels.shape[0]
    return np.asarray(cv2.resize(mask.astype(np.float32), size), np.float32)


def _sided(labels: NDArray[np.uint8], points: Floats) -> NDArray[np.uint8]:
    """Give each eye, brow and ear the side of the face's own middle line on which it lies."""
    top, chin = points[10], points[152]
    out = labels.copy()
    for name in ("eye", "brow", "ear"):
        left, right = CLASSES.index(f"l_{name}"), CLASSES.index(f"r_{name}")
        both = np.isin(labels, (left, right)).astype(np.uint8)
        count, pieces, _, centers = cv2.connectedComponentsWithStats(both)
        for piece in range(1, count):
            x, y = centers[piece]
            across = (chin[0] - top[0]) * (y - top[1]) - (chin[1] - top[1]) * (x - top[0])
            out[pieces == piece] = left if across < 0 else right
    return out
