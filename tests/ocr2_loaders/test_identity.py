from uuid import UUID

from ocr2_loaders.identity import block_id, document_id, page_id

SHA256 = "ab" * 32


def test_ids_are_uuids_of_version_5() -> None:
    for each in (document_id(SHA256), page_id(SHA256, 0), block_id(SHA256, 0, 0)):
        assert UUID(each).version == 5


def test_ids_do_not_change_between_releases_of_one_schema() -> None:
    assert document_id(SHA256) == "aa54ef32-8e3a-5e09-8369-25aac3ed625a"
    assert page_id(SHA256, 4) == "941cfa63-40ba-51ea-b442-9d5ef595b0cb"
    assert block_id(SHA256, 4, 2) == "fe4c624d-807a-56e4-9e5d-d21754af0ea1"


def test_every_place_has_an_id_of_its_own() -> None:
    ids = [block_id(sha, page, place) for sha in ("a", "b") for page in range(20) for place in range(20)]
    ids += [page_id(sha, page) for sha in ("a", "b") for page in range(20)]
    ids += [document_id(sha) for sha in ("a", "b")]
    assert len(set(ids)) == len(ids)
