"""NVIDIA's GPUs by PCI id, those that servers have.

Names are those of pci.ids (August 2026), which the DRA driver publishes of GPUs that
are passed through; the ones without brackets are NVIDIA's own, and not to be published.
"""

from typing import Final

VENDOR: Final = 0x10DE

NAMES: Final = {
    0x1B38: "GP102GL [Tesla P40]",
    0x1DB1: "GV100GL [Tesla V100 SXM2 16GB]",
    0x1DB4: "GV100GL [Tesla V100 PCIe 16GB]",
    0x1DB5: "GV100GL [Tesla V100 SXM2 32GB]",
    0x1DB6: "GV100GL [Tesla V100 PCIe 32GB]",
    0x1EB8: "TU104GL [Tesla T4]",
    0x20B0: "GA100 [A100 SXM4 40GB]",
    0x20B2: "GA100 [A100 SXM4 80GB]",
    0x20B5: "GA100 [A100 PCIe 80GB]",
    0x20B7: "GA100GL [A30 PCIe]",
    0x20BD: "GA100 [A800 SXM4 40GB]",
    0x20F1: "GA100 [A100 PCIe 40GB]",
    0x20F3: "GA100 [A800-SXM4-80GB]",
    0x20F5: "GA100 [A800 80GB PCIe]",
    0x2235: "GA102GL [A40]",
    0x2236: "GA102GL [A10]",
    0x2237: "GA102GL [A10G]",
    0x230E: "GH100 [H20 NVL16]",
    0x2321: "GH100 [H100L 94GB]",
    0x2322: "GH100 [H800 PCIe]",
    0x2324: "GH100 [H800]",
    0x2329: "GH100 [H20]",
    0x232C: "GH100 [H20 HBM3e]",
    0x2330: "GH100 [H100 SXM5 80GB]",
    0x2331: "GH100 [H100 PCIe]",
    0x2335: "GH100 [H200 SXM 141GB]",
    0x2339: "GH100 [H100 SXM5 94GB]",
    0x233A: "GH100 [H800L 94GB]",
    0x233B: "GH100 [H200 NVL]",
    0x2342: "GH100 [GH200 120GB / 480GB]",
    0x2348: "GH100 [GH200 144G HBM3e]",
    0x26B1: "AD102GL [RTX 6000 Ada Generation]",
    0x26B5: "AD102GL [L40]",
    0x26B9: "AD102GL [L40S]",
    0x26BA: "AD102GL [L20]",
    0x27B8: "AD104GL [L4]",
    0x2901: "GB100 [B200]",
    0x2941: "GB100 [HGX GB200]",
    0x2B00: "TA1090SA [THOR]",
    0x2BB1: "GB202GL [RTX PRO 6000 Blackwell Workstation Edition]",
    0x2BB4: "GB202GL [RTX PRO 6000 Blackwell Max-Q Workstation Edition]",
    0x2BB5: "GB202GL [RTX PRO 6000 Blackwell Server Edition]",
    0x2E12: "GB10",
    0x3182: "B300",
    0x31C2: "GB300",
}


def product(device: int) -> str | None:
    """Return the name in pci.ids, None where it is not known here."""
    name = NAMES.get(device, "")
    return name if "[" in name else None


def model(device: int) -> str:
    """Return what people call it, or its id."""
    name = NAMES.get(device)
    if name is None:
        return f"GPU {VENDOR:04x}:{device:04x}"
    return name.partition("[")[2].removesuffix("]") or name
