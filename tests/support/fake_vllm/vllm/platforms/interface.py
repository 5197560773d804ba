class Platform:
    @classmethod
    def device_id_to_physical_device_id(cls, device_id: int) -> int:
        return device_id + 2  # as with CUDA_VISIBLE_DEVICES=2
