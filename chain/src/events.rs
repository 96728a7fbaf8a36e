// SPDX-License-Identifier: Apache-2.0

//! Events that clients read, with the names of their fields.
//!
//! A type has the leading fields of its event, in the chain's order; it leaves later ones unread. A test of the runtime compares
//! the names with the metadata.

use codec::Decode;
use salus_primitives::{
    access::{Purpose, Scope},
    decision::{Basis, Denial},
    shredding::Retention,
    ChartId, Digest, GrantId, InstitutionId, MemberId, Moment, ReadingSessionId, RecordId, RequestId, SigningKey,
};

/// An event of a pallet.
pub trait Event: Decode {
    /// The pallet's name in the metadata.
    const PALLET: &'static str;
    /// The event's name in the metadata.
    const NAME: &'static str;
    /// The names of the leading fields.
    const FIELDS: &'static [&'static str];
}

macro_rules! events {
    ($($(#[$doc:meta])* $pallet:ident.$name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, Decode)]
            pub struct $name {
                $($(#[$field_doc])* pub $field: $type,)*
            }

            impl Event for $name {
                const PALLET: &'static str = stringify!($pallet);
                const NAME: &'static str = stringify!($name);
                const FIELDS: &'static [&'static str] = &[$(stringify!($field)),*];
            }
        )*

        /// Each event: its pallet, its name, and the names of its leading fields.
        pub const ALL: &[(&str, &str, &[&str])] = &[$((<$name as Event>::PALLET, <$name as Event>::NAME, <$name as Event>::FIELDS)),*];
    };
}

events! {
    /// A newcomer became a member.
    Membership.MemberJoined {
        /// The member.
        member: MemberId,
    }
    /// The council admitted an institution.
    Membership.InstitutionAdmitted {
        /// The institution.
        institution: InstitutionId,
    }
    /// A patient opened a chart.
    Charts.ChartOpened {
        /// The chart.
        chart: ChartId,
    }
    /// The controller gave access.
    Access.AccessGranted {
        /// The chart.
        chart: ChartId,
        /// The grant.
        grant: GrantId,
    }
    /// A member asked for access.
    Access.AccessRequested {
        /// The chart.
        chart: ChartId,
        /// The request.
        request: RequestId,
    }
    /// The chain permitted a reader to read.
    Records.RecordsOpened {
        /// The chart.
        chart: ChartId,
        /// The reader.
        reader: MemberId,
        /// The session that begins, or goes on.
        session: ReadingSessionId,
        /// The compartment or record that the reader opened.
        scope: Scope,
        /// The purpose that the reader stated.
        purpose: Purpose,
        /// The right by which the reader may read.
        basis: Basis,
        /// The end of the session, in Unix milliseconds.
        expires_at: Moment,
    }
    /// The chain denied a member to read.
    Records.OpenDenied {
        /// The chart.
        chart: ChartId,
        /// The member.
        reader: MemberId,
        /// The compartment or record that the member wanted to open.
        scope: Scope,
        /// The purpose that the member stated.
        purpose: Purpose,
        /// The reason.
        denial: Denial,
    }
    /// A request to shred a record waits for its custodian.
    Shredding.ShreddingRequested {
        /// The record.
        record: RecordId,
    }
    /// A record is not shredded, because its custodian keeps it.
    Shredding.ShreddingRefused {
        /// The record.
        record: RecordId,
        /// The controller who asked, or the auditor who answered.
        by: MemberId,
        /// The retention.
        retention: Retention,
    }
    /// A record was shredded.
    Shredding.RecordShredded {
        /// The number of the shredding.
        shredding: u64,
        /// The record.
        record: RecordId,
    }
    /// A member reported two blocks by one authority for one slot.
    Authorities.EquivocationReported {
        /// The authority.
        institution: InstitutionId,
    }
    /// An authority can execute the planned code.
    Upgrades.UpgradeConfirmed {
        /// BLAKE2b-256 of the code.
        code_hash: Digest,
        /// The authority.
        institution: InstitutionId,
    }
    /// A delegate proposed a motion to the council.
    Council.Proposed {
        /// The delegate's account.
        account: SigningKey,
        /// The number of the motion.
        proposal_index: u32,
        /// BLAKE2b-256 of the call.
        proposal_hash: Digest,
        /// The votes that the motion needs.
        threshold: u32,
    }
}
