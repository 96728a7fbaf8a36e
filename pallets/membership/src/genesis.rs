// SPDX-License-Identifier: Apache-2.0

//! The genesis of institutions and members.
//!
//! All nodes start from the same genesis, which lists the first institutions and members, so the logs begin empty.

use crate::{
    Config, DefaultVerifications, Error, GenesisConfig, GenesisMember, Institutions, NextInstitution, Pallet,
    RequiredVerifications,
};
use alloc::{format, string::String, vec::Vec};
use core::marker::PhantomData;
use frame_support::{ensure, traits::Get};
use salus_primitives::membership::{MemberStatus, MAX_VERIFICATIONS};

impl<T: Config> Default for GenesisConfig<T> {
    fn default() -> Self {
        Self {
            institutions: Vec::new(),
            members: Vec::new(),
            required_verifications: DefaultVerifications::get(),
            runtime: PhantomData,
        }
    }
}

impl<T: Config> GenesisConfig<T> {
    /// Writes the first institutions and members, or says what is wrong with them.
    pub(crate) fn try_build(&self) -> Result<(), String> {
        let count = self.required_verifications;
        ensure!((1..=MAX_VERIFICATIONS).contains(&count), format!("`{count}` is not 1 to 4 verifications"));
        RequiredVerifications::<T>::put(count);

        for (place, profile) in self.institutions.iter().enumerate() {
            let refuse = |error: Error<T>| format!("institution {place} cannot be admitted: {error:?}");
            Pallet::<T>::check_profile(profile).map_err(refuse)?;
            let institution = NextInstitution::<T>::get();
            Pallet::<T>::insert_institution(institution, profile.clone()).map_err(refuse)?;
        }
        for (place, member) in self.members.iter().enumerate() {
            Self::admit(member).map_err(|fault| format!("member {place} cannot be admitted: {fault}"))?;
        }
        Ok(())
    }

    fn admit(member: &GenesisMember) -> Result<(), String> {
        let number = member.institution;
        let institution = Institutions::<T>::get(number).ok_or_else(|| format!("there is no institution {number}"))?;
        let (role, kind) = (member.role, institution.profile.kind);
        ensure!(kind.may_admit(role), format!("institution {number} ({kind:?}) may not admit a {role:?}"));
        ensure!(
            institution.admitted < institution.profile.admission_quota,
            format!("the admission quota of institution {number} is reached")
        );
        let newcomer = member.newcomer();
        ensure!(Pallet::<T>::are_keys_usable(&newcomer), String::from("a key is used twice or cannot be used"));
        Pallet::<T>::register(number, role, &newcomer, member.profile, None, MemberStatus::Active);
        Ok(())
    }
}
